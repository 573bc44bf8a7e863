import { join } from "node:path";
import { commandOperations, filters, metadataOperations, rulesOperations } from "@jx/contracts";
import { isAppError, parseDurationMs, sleep } from "@jx/kit";
import { defineService } from "@jx/runtime";
import { Compiler } from "./compile/compiler.ts";
import { RulesConfig } from "./config.ts";
import { ruleHandlers } from "./handlers.ts";
import { closeInterrupted } from "./interrupted.ts";
import { RuleFiles } from "./rule-files.ts";
import { RuleHost } from "./rule-host.ts";
import { RuleLoader } from "./rule-loader.ts";
import { FiringLog } from "./store/firing-log.ts";

/** How often the folder is looked at for files that somebody edited by hand. */
const FOLDER_CHECK_MS = 2_000;

/** Pangu as a service: rule files, the engine on the bus, firings and actions. */
export const rules = defineService({
  key: "rules",
  port: 59730,
  operations: rulesOperations,
  config: RulesConfig,
  async start({ config, log, bus, clock, metrics, clients, dataDir, newId, signal }) {
    const firings = await FiringLog.open({
      file: join(dataDir, "rules.db"),
      keep: () => config.current.History.MaxFirings,
    });
    const memory = await firings.remember();
    await closeInterrupted(memory, firings);
    const files = new RuleFiles(dataDir);
    const compiler = new Compiler({ cacheFile: join(dataDir, "compiled.json") }, { log });
    const host = new RuleHost([], memory, {
      bus,
      clock,
      log,
      metrics,
      firings,
      newId,
      actions: {
        command: clients.of("core-command", commandOperations),
        clock,
        log,
        signal,
        verifyTimeoutMs: () => parseDurationMs(config.current.Writable.VerifyTimeout),
        notify: (text, level, channel) => log.warn({ level, channel }, text),
      },
    });
    const loader = new RuleLoader({
      files,
      compiler,
      log,
      metadata: clients.of("core-metadata", metadataOperations),
      apply: (irs) => host.replace(irs),
    });
    await loader.load();
    const subscriptions = [
      bus.subscribe(filters.allEvents, { name: "rules", policy: "block", capacity: 4_096 }, (message) =>
        host.take(message),
      ),
      bus.subscribe(filters.systemEvents, { name: "rules metadata", policy: "latest", capacity: 64 }, () =>
        loader.loadSoon(),
      ),
    ];
    const watching = watchFolder(loader, signal);
    return {
      handlers: ruleHandlers({ files, firings, loader, host }),
      async [Symbol.asyncDispose]() {
        for (const subscription of subscriptions) subscription[Symbol.dispose]();
        host[Symbol.dispose]();
        loader[Symbol.dispose]();
        await watching;
        await host.settled();
        await compiler[Symbol.asyncDispose]();
        await firings[Symbol.asyncDispose]();
      },
    };
  },
});

async function watchFolder(loader: RuleLoader, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(FOLDER_CHECK_MS, signal);
      await loader.loadIfChanged();
    } catch (error) {
      if (isAppError(error, "Aborted")) return;
    }
  }
}
