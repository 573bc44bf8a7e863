import { commandOperations, metadataOperations } from "@jx/contracts";
import { defineService } from "@jx/runtime";
import { answerBusRequests } from "./bus-requests.ts";
import { CommandConfig } from "./config.ts";
import { commandHandlers } from "./handlers.ts";

/** Core command: lists what can be read and set, and passes gets and sets on to the device service. It keeps nothing. */
export const coreCommand = defineService({
  key: "core-command",
  port: 59882,
  operations: commandOperations,
  config: CommandConfig,
  async start({ clients, baseAddress, bus, log }) {
    const metadata = clients.of("core-metadata", metadataOperations);
    const deps = { metadata, clients, baseAddress };
    const handlers = commandHandlers(deps);
    const requests = answerBusRequests({ ...deps, bus, log, handlers });
    return { handlers, [Symbol.asyncDispose]: async () => requests[Symbol.dispose]() };
  },
});
