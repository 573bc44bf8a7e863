/**
 * Holds our check of request bodies against EdgeX's own code (go-mod-core-contracts v4.0.3), message by message:
 *   node test/interop/go-dto/compare.ts [bodies] [seed]
 * Needs Go ≥ 1.25, and once the module proxy or a filled module cache. Ends with 1 on a difference that is not known.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkBody, checkProfile, type DeviceProfile, foldKeys, type Operation } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { bases, spoil } from "./bodies.ts";

const count = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));

/** What we do otherwise on purpose (docs/differences-from-edgex.md, "Request bodies"). */
const known: readonly [reason: string, applies: (ours: string, theirs: string, body: unknown) => boolean][] = [
  ["the same key twice, in two letter cases: Go merges them", (_ours, _theirs, body) => hasDoubleKeys(body)],
  [
    "a base address must be a URL",
    (ours, theirs) => only(ours, theirs, /\.BaseAddress field validation failed on the uri tag/),
  ],
  [
    "a port must lie in 1 … 65535",
    (ours, theirs) => only(ours, theirs, /\.Port field validation failed on the [gl]te tag/),
  ],
  ["binary in lower case is Binary", (ours) => ours.startsWith("write permission not support Binary")],
  ["the same problems in another order", (ours, theirs) => sorted(ours) === sorted(theirs)],
];

function hasDoubleKeys(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value).map((key) => key.toLowerCase());
  return new Set(keys).size < keys.length || Object.values(value).some(hasDoubleKeys);
}

/** Our message is theirs and one more thing. */
function only(ours: string, theirs: string, extra: RegExp): boolean {
  return (
    ours
      .split("; ")
      .filter((part) => !extra.test(part))
      .join("; ") === theirs
  );
}

function sorted(message: string): string {
  return message.split("; ").sort().join("; ");
}

/** mulberry32: small, seeded, good enough to choose fields. */
function randomFrom(state: number): (n: number) => number {
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

function ourMessage(operation: Operation, body: unknown): string {
  try {
    const schema = operation.body;
    if (schema === undefined) throw new Error("the operation has no body");
    const folded = foldKeys(schema, body);
    checkBody(schema, folded, operation.dto);
    if (operation.dto === "DeviceProfileRequest") {
      for (const { profile } of folded as { profile: DeviceProfile }[]) checkProfile(profile);
    }
    return "";
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.message;
  }
}

function theirMessages(lines: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "jx-go-dto-"));
  try {
    const program = join(folder, "go-dto");
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: import.meta.dirname,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const answers = execFileSync(program, { input: lines, maxBuffer: 1 << 30 })
      .toString()
      .trimEnd()
      .split("\n");
    // "outer -> inner": services answer with the outermost text.
    return answers.map((line) => (JSON.parse(line) as string).split(" -> ")[0] ?? "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const random = randomFrom(seed);
const requests = Array.from({ length: count }, (_, i) => {
  const base = bases[i % bases.length];
  if (base === undefined) throw new Error("no bodies");
  return { operation: base.operation, body: i < bases.length ? base.body : spoil(base.body, random) };
  // A bulk body of null is answered before it is checked.
}).filter(({ body }) => body !== null);

const theirs = theirMessages(
  requests.map(({ operation, body }) => `${JSON.stringify({ type: operation.dto, body })}\n`).join(""),
);
const tally = new Map<string, number>();
let unknown = 0;
for (const [i, { operation, body }] of requests.entries()) {
  const their = theirs[i] ?? "no answer";
  const our = ourMessage(operation, body);
  const reason = our === their ? "the same" : known.find(([, applies]) => applies(our, their, body))?.[0];
  tally.set(reason ?? "unknown difference", (tally.get(reason ?? "unknown difference") ?? 0) + 1);
  if (reason !== undefined) continue;
  unknown += 1;
  if (unknown <= 10) console.log(`EdgeX: ${their}\nJX:    ${our}\nbody:  ${JSON.stringify(body)}\n`);
}
console.log(
  `seed ${seed}: ${requests.length} bodies, ${theirs.filter((message) => message !== "").length} of them refused by EdgeX`,
);
for (const [reason, n] of tally) console.log(`${String(n).padStart(7)}  ${reason}`);
process.exitCode = unknown === 0 ? 0 : 1;
