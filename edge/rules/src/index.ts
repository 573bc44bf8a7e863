import { join } from "node:path";
import {
  commandOperations,
  filters,
  type JsonMessage,
  metadataOperations,
  rulesOperations,
  type SystemEvent,
} from "@jx/contracts";
import { parseDurationMs } from "@jx/kit";
import { defineService, onMissed } from "@jx/runtime";
import { Compiler } from "./compile/compiler.ts";
import { RulesConfig } from "./config.ts";
import { ruleHandlers } from "./handlers.ts";
import { closeInterrupted } from "./interrupted.ts";
import { Journal } from "./journal.ts";
import { RuleFiles } from "./rule-files.ts";
import { RuleHost } from "./rule-host.ts";
import { RuleLoader } from "./rule-loader.ts";
import { FiringLog } from "./store/firing-log.ts";

/** Others that missed the same ask metadata as well. */
const SPREAD_MS = 2_000;

/** Pangu as a service: rule files, the engine on the bus, firings and actions. */
export const rules = defineService({
  key: "rules",
  port: 59730,
  operations: rulesOperations,
  config: RulesConfig,
  async start({ config, log, bus, clock, metrics, clients, dataDir, newId, signal }) {
    await using opened = new AsyncDisposableStack();
    const keep = (): number => config.current.History.MaxFirings;
    const firings = opened.use(await FiringLog.open({ file: join(dataDir, "rules.db"), keep }));
    const memory = await firings.remember();
    await closeInterrupted(memory, firings);
    const journal = opened.use(new Journal({ firings, log, metrics, signal }));
    const files = new RuleFiles(dataDir);
    const compiler = opened.use(new Compiler({ cacheFile: join(dataDir, "compiled.json") }, { log }));
    const actions = {
      command: clients.of("core-command", commandOperations),
      clock,
      log,
      signal,
      verifyTimeoutMs: () => parseDurationMs(config.current.Writable.VerifyTimeout),
      notify: (text: string, level: string, channel: string | null) => log.warn({ severity: level, channel }, text),
    };
    const host = opened.use(new RuleHost([], memory, { bus, clock, log, metrics, journal, newId, actions }));
    const metadata = clients.of("core-metadata", metadataOperations);
    const loader = opened.use(
      new RuleLoader({
        files,
        compiler,
        log,
        metadata,
        apply: (rules) => host.replace(rules),
        gone: (device) => host.forget(device),
        signal,
      }),
    );
    await loader.refresh();
    opened.use(
      bus.subscribe(filters.allEvents, { name: "rules", policy: "block", capacity: 4_096 }, (message) =>
        host.take(message),
      ),
    );
    opened.use(
      bus.subscribe(
        filters.systemEvents,
        { name: "rules metadata", policy: "drop-oldest", capacity: 1_024 },
        (message) => {
          const { type, action, details } = (message as JsonMessage).payload as SystemEvent;
          if (type === "device" && action === "delete") host.forget((details as { name?: string } | null)?.name ?? "");
          loader.refreshSoon();
        },
      ),
    );
    const missed = onMissed(bus, { name: "rules missed", withinMs: SPREAD_MS }, () => loader.refreshSoon());
    opened.use(missed);
    loader.watch();
    const running = opened.move();
    return {
      refresh: missed.notice,
      handlers: ruleHandlers({ files, firings, loader, host }),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
});
