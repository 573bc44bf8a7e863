import type { Client, MetadataOperations } from "@jx/contracts";
import { messageOf, sleep } from "@jx/kit";
import type { RuleIr } from "@jx/pangu";
import type { CheckResult } from "@jx/pangu/language";
import type { Logger } from "@jx/runtime";
import { loadCatalog } from "./compile/catalog.ts";
import type { Compiler } from "./compile/compiler.ts";
import type { RuleFiles } from "./rule-files.ts";
import { compileFiles, type RuleSet } from "./rule-set.ts";

export interface RuleLoaderDeps {
  readonly files: RuleFiles;
  readonly compiler: Compiler;
  readonly log: Logger;
  readonly metadata: Client<MetadataOperations>;
  readonly apply: (rules: readonly RuleIr[]) => void;
  /** A device is no longer in metadata, whether anybody has said so or not. */
  readonly gone: (device: string) => void;
  readonly signal: AbortSignal;
}

/** Several changes in a row (an import) are one reload. */
const SETTLE_MS = 200;
/** How often the folder is looked at for files that somebody edited by hand. */
const FOLDER_CHECK_MS = 2_000;

/** Keeps the rules in force in step with the files and with what the devices offer. */
export class RuleLoader implements AsyncDisposable {
  readonly #deps: RuleLoaderDeps;
  readonly #closed = new AbortController();
  #current: RuleSet = { rules: [], problems: [], good: new Map() };
  /** Of the folder when it was loaded last; empty when that failed, so that the next look tries again. */
  #fingerprint: string | undefined;
  #told = "";
  #devices: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();

  constructor(deps: RuleLoaderDeps) {
    this.#deps = deps;
  }

  get current(): RuleSet {
    return this.#current;
  }

  /** One load at a time, in the order they were asked for. Rejects when the rules could not be loaded; the old ones stay. */
  load(): Promise<void> {
    const work = this.#last.then(() => this.#load());
    this.#last = work.catch(() => undefined);
    return work;
  }

  /** `load` for those that can do nothing about a failure: it is told once, and tried again at the next look. */
  async refresh(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#tell(messageOf(error), () => this.#tellFailure(error));
    }
  }

  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  /** Looks at the folder until the loader ends. */
  watch(): void {
    this.#watching = this.#watch(AbortSignal.any([this.#deps.signal, this.#closed.signal]));
  }

  /** Checks a text against what the devices offer now; nothing changes. */
  async check(text: string): Promise<CheckResult> {
    return this.#deps.compiler.check(text, await loadCatalog(this.#deps.metadata));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#timer);
    await this.#watching;
    await this.#last;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(FOLDER_CHECK_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const now = await this.#deps.files.fingerprint().catch(messageOf);
      if (now !== this.#fingerprint) await this.refresh();
    }
  }

  async #load(): Promise<void> {
    const { files, compiler, log, metadata, apply, gone } = this.#deps;
    this.#fingerprint = undefined;
    const fingerprint = await files.fingerprint();
    const catalog = await loadCatalog(metadata);
    for (const device of this.#devices) if (!catalog.has(device)) gone(device);
    this.#devices = [...catalog.keys()];
    const next = await compileFiles(await files.all(), catalog, compiler, this.#current.good);
    if (hashes(next) !== hashes(this.#current)) {
      apply(next.rules.map(({ ir }) => ir));
      log.info({ rules: next.rules.length }, "rules in force");
    }
    this.#current = next;
    this.#fingerprint = fingerprint;
    this.#tell(JSON.stringify(next.problems), () => this.#tellProblems(next));
    await compiler.save();
  }

  /** The same is not told again at every look. */
  #tell(what: string, tell: () => void): void {
    if (what === this.#told) return;
    this.#told = what;
    tell();
  }

  #tellFailure(error: unknown): void {
    this.#deps.log.error({ error }, "the rules could not be loaded; those in force stay");
  }

  #tellProblems({ problems }: RuleSet): void {
    for (const { file, line, column, severity, message } of problems) {
      this.#deps.log.warn({ file, line, column, severity }, `rule file: ${message.en}`);
    }
  }
}

function hashes({ rules }: RuleSet): string {
  return rules.map(({ ir }) => ir.hash).join();
}
