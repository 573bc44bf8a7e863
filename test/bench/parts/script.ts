import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Print } from "./report.ts";

/** Runs a package's own bench, which prints by itself. */
export async function runScript(file: string, nodeFlags: readonly string[], args: readonly string[], print: Print) {
  const child = spawn(process.execPath, [...nodeFlags, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => print(line));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}
