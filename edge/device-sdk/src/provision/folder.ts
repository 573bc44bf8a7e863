import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, messageOf } from "@jx/kit";
import { bytesOf } from "@jx/runtime";

export interface FoundFile {
  /** For messages. */
  readonly file: string;
  /** Throws when it cannot be read. */
  text(): Promise<string>;
}

const TYPES = /\.(yaml|yml|json)$/;
/** More are not looked at: a folder set by mistake may hold anything. */
const MAX_FILES = 10_000;
const MAX_BYTES = 4_194_304;
const FETCH_MS = 15_000;

/**
 * The YAML and JSON files of a folder in the order of their names, without those below it. An http(s) URL names an index
 * instead, JSON: a list of files, or names with their files, next to the index (edgex-device-sdk.md §1 "Folders").
 */
export async function filesOf(setting: string): Promise<readonly FoundFile[]> {
  if (/^https?:\/\//.test(setting)) return indexedFiles(new URL(setting));
  const folder = resolve(setting);
  const names = (await readdir(folder)).filter((name) => TYPES.test(name)).sort();
  return bounded(names, setting).map((name) => {
    const file = resolve(folder, name);
    return { file, text: () => readFile(file, "utf8") };
  });
}

async function indexedFiles(index: URL): Promise<readonly FoundFile[]> {
  let list: unknown;
  try {
    list = JSON.parse(await fetchText(index));
  } catch (error) {
    throw new AppError("ContractInvalid", `${shown(index)} is no index of files: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const files = typeof list === "object" && list !== null ? Object.values(list) : [];
  const names = files.filter((file): file is string => typeof file === "string" && TYPES.test(file));
  return bounded(names, shown(index)).map((name) => {
    const url = new URL(name, index);
    url.search = index.search;
    return { file: shown(url), text: () => fetchText(url) };
  });
}

function bounded(names: readonly string[], where: string): readonly string[] {
  if (names.length <= MAX_FILES) return names;
  throw new AppError("LimitExceeded", `${where} holds ${names.length} files; at most ${MAX_FILES} are read`);
}

async function fetchText(url: URL): Promise<string> {
  const plain = new URL(url);
  plain.username = "";
  plain.password = "";
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers: Record<string, string> =
    url.username === "" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
  const response = await fetch(plain, { headers, signal: AbortSignal.timeout(FETCH_MS) });
  if (!response.ok) throw new AppError("Communication", `${shown(url)} answered ${response.status}`);
  return new TextDecoder().decode(await bytesOf(response, MAX_BYTES));
}

/** Without the password. */
function shown(url: URL): string {
  const plain = new URL(url);
  if (plain.password !== "") plain.password = "xxxxx";
  return plain.href;
}
