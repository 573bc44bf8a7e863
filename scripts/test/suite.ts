// The child process of one suite: runs the given test files in this very process and reports to scripts/test.ts.
import { relative } from "node:path";
import { run } from "node:test";
import type { TestEvent } from "node:test/reporters";

export interface TestReport {
  readonly kind: "test";
  readonly status: "passed" | "failed" | "skipped";
  /** Names from the outermost test inwards. */
  readonly name: string;
  readonly file: string;
  /** Why it was skipped, or how it failed. */
  readonly detail: string;
}

export interface CoverageReport {
  readonly kind: "coverage";
  readonly files: readonly { readonly path: string; readonly lines: number; readonly covered: number }[];
}

export type SuiteReport = TestReport | CoverageReport;

/** How long after the last test the process may live on before what it left open fails the suite, in ms. */
const OPEN_GRACE_MS = 10_000;

const coverage = process.env.JX_TEST_COVERAGE === "1";
const names: string[] = [];
let pending = 0;
let openTimer: NodeJS.Timeout | undefined;

const send = (report: SuiteReport): void => void process.send?.(report);
const fileOf = (path: string | undefined): string => (path === undefined ? "" : relative(process.cwd(), path));

const events: AsyncIterable<TestEvent> = run({ files: process.argv.slice(2), isolation: "none", coverage });
for await (const { type, data } of events) {
  clearTimeout(openTimer);
  if (type === "test:enqueue") pending += 1;
  else if (type === "test:complete") pending -= 1;
  else if (type === "test:start") names.splice(data.nesting, names.length, data.name);
  else if (type === "test:pass" || type === "test:fail") reportTest(type === "test:pass", data);
  else if (type === "test:diagnostic" && /asynchronous activity after the test ended/.test(data.message)) {
    // node:test lets such a run pass; an error that no test waits for is a defect of the test or of the code.
    fail("after the tests", "", data.message);
  } else if (type === "test:coverage") {
    const files = data.summary.files.map(({ path, totalLineCount: lines, coveredLineCount: covered }) => {
      return { path: fileOf(path), lines, covered };
    });
    send({ kind: "coverage", files });
  }
  if (pending === 0) openTimer = setTimeout(failOpen, OPEN_GRACE_MS).unref();
}

interface Finished {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: { readonly type?: string; readonly error?: Error };
}

function reportTest(passed: boolean, data: Finished): void {
  const { details, skip, todo } = data;
  const error = details.error as (Error & { failureType?: string }) | undefined;
  // A parent that failed only through its subtests, and a `describe` block, say nothing new.
  if (error?.failureType === "subtestsFailed" || (passed && details.type === "suite")) return;
  const name = [...names.slice(0, data.nesting), data.name].join(" › ");
  const file = fileOf(data.file);
  const reason = skip ?? todo;
  const cause = error?.cause instanceof Error ? error.cause : error;
  if (reason !== undefined && reason !== false) {
    send({ kind: "test", status: "skipped", name, file, detail: typeof reason === "string" ? reason : "" });
  } else if (!passed) {
    fail(name, file, cause?.stack ?? cause?.message ?? "");
  } else if (data.name === data.file) {
    fail("no test", file, "the file holds no test");
  } else {
    send({ kind: "test", status: "passed", name, file, detail: "" });
  }
}

function fail(name: string, file: string, detail: string): void {
  process.exitCode = 1;
  send({ kind: "test", status: "failed", name, file, detail });
}

function failOpen(): void {
  const open = process.getActiveResourcesInfo().filter((kind) => kind !== "PipeWrap");
  fail("left open", "", `${OPEN_GRACE_MS / 1000} s after the last test: ${open.join(", ") || "nothing Node can name"}`);
  // Disconnecting flushes the report; what is open would keep the process for ever.
  process.disconnect?.();
  setTimeout(() => process.exit(), 100);
}
