import type { Client, MetadataOperations } from "@jx/contracts";
import { messageOf } from "@jx/kit";
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
}

/** Several changes in a row (an import) are one reload. */
const SETTLE_MS = 200;

/** Keeps the rules in force in step with the files and with what the devices offer. */
export class RuleLoader implements Disposable {
  readonly #deps: RuleLoaderDeps;
  #current: RuleSet = { rules: [], problems: [] };
  #fingerprint = "";
  #told = "";
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: RuleLoaderDeps) {
    this.#deps = deps;
  }

  get current(): RuleSet {
    return this.#current;
  }

  /** One load at a time, in the order they were asked for. */
  load(): Promise<void> {
    this.#last = this.#last.then(() => this.#load());
    return this.#last;
  }

  loadSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), SETTLE_MS);
  }

  /** Checks a text against what the devices offer now; nothing changes. */
  async check(text: string): Promise<CheckResult> {
    return this.#deps.compiler.check(text, await loadCatalog(this.#deps.metadata));
  }

  async loadIfChanged(): Promise<void> {
    if ((await this.#deps.files.fingerprint()) !== this.#fingerprint) await this.load();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    const { files, compiler, log, metadata, apply } = this.#deps;
    try {
      this.#fingerprint = await files.fingerprint();
      const catalog = await loadCatalog(metadata);
      const next = await compileFiles(await files.all(), catalog, compiler);
      const before = this.#current.rules.map(({ ir }) => ir.hash).join();
      this.#current = next;
      this.#tellProblems(next);
      if (next.rules.map(({ ir }) => ir.hash).join() !== before) {
        apply(next.rules.map(({ ir }) => ir));
        await compiler.save();
        log.info({ rules: next.rules.length }, "rules in force");
      }
    } catch (error) {
      log.error({ reason: messageOf(error) }, "the rules could not be loaded; those in force stay");
    }
  }

  #tellProblems({ problems }: RuleSet): void {
    const text = JSON.stringify(problems);
    if (text === this.#told) return;
    this.#told = text;
    for (const { file, line, column, severity, message } of problems) {
      this.#deps.log.warn({ file, line, column, severity }, `rule file: ${message.en}`);
    }
  }
}
