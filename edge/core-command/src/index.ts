import { commandOperations, metadataOperations } from "@jx/contracts";
import { parseDurationMs } from "@jx/kit";
import { defineService } from "@jx/runtime";
import { answerBusRequests } from "./bus-requests.ts";
import { CommandConfig } from "./config.ts";
import { ExternalDoor } from "./external/door.ts";
import { commandHandlers } from "./handlers.ts";

/** Core command: lists what can be read and set, and passes gets and sets on to the device service. It keeps nothing. */
export const coreCommand = defineService({
  key: "core-command",
  port: 59882,
  operations: commandOperations,
  config: CommandConfig,
  async start({ config, clients, baseAddress, bus, log, metrics, newId }) {
    await using opened = new AsyncDisposableStack();
    const metadata = clients.of("core-metadata", metadataOperations);
    const maxResults = (): number => config.current.Service.MaxResultCount;
    const deps = { metadata, clients, baseAddress, maxResults };
    const handlers = commandHandlers(deps);
    const timeoutMs = (): number => parseDurationMs(config.current.Service.RequestTimeout);
    const requests = { ...deps, bus, log, handlers, timeoutMs };
    opened.use(answerBusRequests(requests));
    if (config.current.ExternalMQTT.Enabled) {
      const door = opened.use(new ExternalDoor({ ...requests, config, metrics, newId }));
      await door.open();
    }
    const running = opened.move();
    return { handlers, [Symbol.asyncDispose]: () => running.disposeAsync() };
  },
});
