import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bilingual } from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";

const EXTENSION = ".pangu";
const MAX_FILES = 1_000;
const MAX_BYTES = 1_000_000;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

export interface RuleFile {
  /** Without folder, with extension: "station.pangu". */
  readonly file: string;
  readonly text: string;
  /** Why it could not be read; the text is then empty. */
  readonly problem?: Bilingual;
}

/** The rules folder: plain text files an engineer can edit, copy and put under version control. */
export class RuleFiles {
  readonly #folder: string;
  /** One write at a time: two of the same file would share its temporary one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async all(): Promise<readonly RuleFile[]> {
    const names = await this.#names();
    const files: RuleFile[] = [];
    for (const file of names.slice(0, MAX_FILES)) {
      const read = await this.#read(file);
      if (read !== undefined) files.push(read);
    }
    for (const file of names.slice(MAX_FILES)) {
      const zh = `规则文件超过 ${MAX_FILES} 个，未读取`;
      files.push({ file, text: "", problem: { zh, en: `there are more than ${MAX_FILES} rule files; not read` } });
    }
    return files;
  }

  /** Names, sizes and times: changes when somebody edits a file. */
  async fingerprint(): Promise<string> {
    const parts: string[] = [];
    for (const name of (await this.#names()).slice(0, MAX_FILES + 1)) {
      const info = await stat(join(this.#folder, name), { bigint: true }).catch(() => undefined);
      if (info !== undefined) parts.push(`${name} ${info.ino} ${info.size} ${info.mtimeNs} ${info.ctimeNs}`);
    }
    return parts.join("\n");
  }

  /** Replaces a file as a whole: after a power cut it is the old one or the new one. */
  write(file: string, text: string): Promise<void> {
    const path = this.#path(file);
    const work = this.#last.then(() => this.#replace(path, text));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async remove(file: string): Promise<void> {
    const path = this.#path(file);
    const known = await stat(path).catch(() => undefined);
    if (known === undefined) throw new AppError("NotFound", `no rule file "${file}"; jx rule ls shows all`);
    await rm(path);
    await syncFolder(this.#folder);
  }

  async #names(): Promise<string[]> {
    await mkdir(this.#folder, { recursive: true });
    return (await readdir(this.#folder)).filter((name) => name.endsWith(EXTENSION)).sort();
  }

  async #replace(path: string, text: string): Promise<void> {
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

  /** One file that cannot be read is told and keeps the others from nothing; undefined when it has gone meanwhile. */
  async #read(file: string): Promise<RuleFile | undefined> {
    const path = join(this.#folder, file);
    const problem = (zh: string, en: string): RuleFile => ({ file, text: "", problem: { zh, en } });
    try {
      if ((await stat(path)).size > MAX_BYTES)
        return problem(`文件超过 ${MAX_BYTES} 字节，未读取`, `the file is larger than ${MAX_BYTES} bytes; not read`);
      return { file, text: UTF8.decode(await readFile(path)) };
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      if (error instanceof TypeError)
        return problem("不是 UTF-8 文件；请另存为 UTF-8", "not UTF-8; save the file as UTF-8");
      return problem(`无法读取：${messageOf(error)}`, `cannot be read: ${messageOf(error)}`);
    }
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
