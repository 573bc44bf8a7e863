import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@jx/kit";

const EXTENSION = ".pangu";
const MAX_FILES = 1_000;
const MAX_BYTES = 1_000_000;

export interface RuleFile {
  /** Without folder, with extension: "station.pangu". */
  readonly file: string;
  readonly text: string;
}

/** The rules folder: plain text files an engineer can edit, copy and put under version control. */
export class RuleFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async all(): Promise<readonly RuleFile[]> {
    await mkdir(this.#folder, { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(EXTENSION)).sort();
    const files: RuleFile[] = [];
    for (const file of names.slice(0, MAX_FILES)) files.push({ file, text: await this.#read(file) });
    return files;
  }

  /** Names, sizes and times: changes when somebody edits a file. */
  async fingerprint(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(EXTENSION)).sort();
    const parts: string[] = [];
    for (const name of names.slice(0, MAX_FILES)) {
      const info = await stat(join(this.#folder, name)).catch(() => undefined);
      if (info !== undefined) parts.push(`${name} ${info.size} ${info.mtimeMs}`);
    }
    return parts.join("\n");
  }

  /** Replaces a file as a whole: after a power cut it is the old one or the new one. */
  async write(file: string, text: string): Promise<void> {
    const path = this.#path(file);
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${path}.new`;
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(this.#folder);
  }

  async remove(file: string): Promise<void> {
    const path = this.#path(file);
    const known = await stat(path).catch(() => undefined);
    if (known === undefined) throw new AppError("NotFound", `no rule file "${file}"; jx rule ls shows all`);
    await rm(path);
    await syncFolder(this.#folder);
  }

  async #read(file: string): Promise<string> {
    const info = await stat(join(this.#folder, file));
    if (info.size > MAX_BYTES) return `// ${file} is larger than ${MAX_BYTES} bytes and was not read\n`;
    return readFile(join(this.#folder, file), "utf8");
  }

  #path(file: string): string {
    const unsafe = [...file].some((char) => char < " " || '/\\:*?"<>|'.includes(char));
    if (!file.endsWith(EXTENSION) || unsafe || file.startsWith(".") || Buffer.byteLength(file) > 200) {
      throw new AppError(
        "ContractInvalid",
        `"${file}" is no name for a rule file; write it like station.pangu, without / and special characters`,
      );
    }
    return join(this.#folder, file);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
