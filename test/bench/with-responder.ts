import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Runs `body` with so many Modbus servers in one other process (modbus-responder.ts), each on a port of its own. */
export async function withResponder(count: number, body: (ports: readonly number[]) => Promise<void>): Promise<void> {
  const file = fileURLToPath(new URL("modbus-responder.ts", import.meta.url));
  const server = spawn(process.execPath, [file, String(count)], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface({ input: server.stdout }), "line");
    await body(String(line).split(" ").map(Number));
  } finally {
    server.stdin.end();
    await once(server, "exit");
  }
}
