import {
  API_VERSION,
  type CallContext,
  type CommandOperations,
  commandOperations,
  type Handlers,
  type JsonMessage,
  parseQuery,
  topics,
} from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import { type Bus, requestOver } from "@jx/runtime";
import { type CommandDeps, serviceOfDevice } from "./handlers.ts";

/** What requests over a bus, ours or an outside one, are answered with. */
export interface RequestDeps extends CommandDeps {
  readonly bus: Bus;
  readonly handlers: Handlers<CommandOperations>;
  /** ms that a device service may take for its answer. */
  readonly timeoutMs: () => number;
}

/** The answer's own part of an envelope. */
export type Outcome = Pick<JsonMessage, "payload" | "errorCode" | "cbor">;

/** Code of the error that metadata does not know the device or its service. */
export const NO_DEVICE = "no-device";

/** What a command over a bus is about; names as they are in the model. */
export interface Target {
  readonly device: string;
  readonly command: string;
  readonly method: "get" | "set";
}

/**
 * Passes a command on to the device's own service over the bus, as it came but for the topic (edgex-behaviour.md §3.3).
 * The service's answer, refusals included.
 * @throws AppError NotFound when metadata does not know the device; ContractInvalid for a query that no service takes;
 *   Timeout or ServiceUnavailable when the service does not answer
 */
export async function forward(
  deps: RequestDeps,
  request: JsonMessage & { readonly requestId: string },
  target: Target,
): Promise<Outcome> {
  const { device, command, method } = target;
  const service = await serviceOfDevice(deps, device, contextOf(request)).catch((error: unknown) => {
    const text = `failed to get Device by name ${device}: ${messageOf(error)}`;
    throw new AppError("NotFound", text, { code: NO_DEVICE, cause: error });
  });
  checkFlags(request);
  const topic = topics.deviceCommand(service.name, device, command, method);
  try {
    const passed = { ...request, topic, from: "inside" } as const;
    const { payload, errorCode, cbor } = await requestOver(deps.bus, service.name, passed, deps.timeoutMs());
    return { payload, ...(errorCode === undefined ? {} : { errorCode }), ...(cbor === undefined ? {} : { cbor }) };
  } catch (error) {
    const silent = `timed out waiting for response on ${topics.response(service.name, request.requestId)} topic`;
    const why = isAppError(error, "Timeout") ? silent : messageOf(error);
    const kind = isAppError(error) ? error.kind : "ServerError";
    throw new AppError(kind, `Failed to send DeviceCommand request with internal MessageBus: ${why}`, { cause: error });
  }
}

/** @throws AppError ContractInvalid in the words of Go's validateGetCommandQueryParameters */
function checkFlags({ queryParams = {} }: JsonMessage): void {
  for (const key of ["ds-returnevent", "ds-pushevent"]) {
    if (/^(true|false)$/.test(queryParams[key] ?? "true")) continue;
    throw new AppError("ContractInvalid", `invalid query parameter, ${key} has to be 'true' or 'false'`);
  }
}

/** What a device, or all of them ("all" in any case), can be asked and told: what the REST interface answers. */
export async function query(deps: RequestDeps, request: JsonMessage, name: string): Promise<object> {
  const all = name.toLowerCase() === "all";
  if (all) checkPaging(request);
  try {
    if (!all) return frame(request, await deps.handlers.commandsByDevice({ name }, contextOf(request)));
    const paging = parseQuery(commandOperations.allCommands.query, new URLSearchParams(request.queryParams));
    return frame(
      request,
      await deps.handlers.allCommands(paging as { offset: number; limit: number }, contextOf(request)),
    );
  } catch (error) {
    const what = all ? "failed to get all commands" : `failed to get commands by device name '${name}'`;
    throw new AppError("ServerError", `${what}: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws AppError ContractInvalid in the words of Go's getCommandQueryResponseEnvelope, one of them misspelt */
function checkPaging({ queryParams = {} }: JsonMessage): void {
  for (const [key, integer] of [
    ["offset", "intger"],
    ["limit", "integer"],
  ] as const) {
    const text = queryParams[key];
    if (text === undefined || /^[+-]?\d+$/.test(text)) continue;
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new AppError("ContractInvalid", `failed to convert '${key}' query parameter to ${integer}: ${why}`);
  }
}

function frame({ requestId }: JsonMessage, output: object): object {
  return { apiVersion: API_VERSION, requestId, statusCode: 200, ...output };
}

function contextOf({ correlationId, queryParams }: JsonMessage): CallContext {
  return { correlationId, rawQuery: new URLSearchParams(queryParams).toString() };
}
