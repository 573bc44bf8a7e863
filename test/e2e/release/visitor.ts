// Plays the stranger of release.test.ts, inside a network namespace, on the Node of the release itself.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Visit {
  readonly startText: string;
  readonly page: string;
  /** Status and content type of the page's script. */
  readonly script: string;
  readonly status: string;
  readonly statusExit: number | null;
  readonly eventsStored: number;
  readonly startExit: string;
}

const LIMIT_MS = 60_000;
const folder = process.argv[2] ?? "";
const jx = join(folder, "jx");
const options = {
  cwd: "/",
  env: { PATH: join(folder, "tools"), JX_DATA: join(folder, "data"), JX_LANG: "en" },
};

const edge = spawn(jx, ["start"], options);
let startText = "";
for (const stream of [edge.stdout, edge.stderr]) stream.on("data", (chunk) => (startText += chunk));
const url = await until(() => /http:\/\/\S+/.exec(startText)?.[0]);
const page = await (await fetch(url)).text();
const source = /<script[^>]+src="([^"]+)"/.exec(page)?.[1] ?? "";
const script = await fetch(new URL(source, url));
const eventsStored = await until(async () => {
  const answer = await fetch("http://127.0.0.1:59880/api/v3/event/count");
  return ((await answer.json()) as { count: number }).count || undefined;
});
const status = spawnSync(jx, ["status", "--json"], { ...options, encoding: "utf8" });
edge.kill("SIGINT");
const [code, signal] = await once(edge, "exit");
const visit: Visit = {
  startText,
  page,
  script: `${script.status} ${script.headers.get("content-type")}`,
  status: status.stdout + status.stderr,
  statusExit: status.status,
  eventsStored,
  startExit: code === null ? `signal ${signal}` : `exit code ${code}`,
};
process.stdout.write(JSON.stringify(visit));

/** The first value that `look` gives; ends the visit when none comes. */
async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline && edge.exitCode === null) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  edge.kill("SIGKILL");
  process.stderr.write(startText);
  process.exit(1);
}
