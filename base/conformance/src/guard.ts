import { type Client, type DataOperations, type Operation, STATUS_OF, type Table } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { PREFIX } from "./names.ts";
import type { Raw } from "./raw.ts";

/** What a run may do to somebody's system: only ask, or also change what carries our own prefix. */
export type Leave = "read" | "write";

/** A step tried what it has no leave for. It is no AppError, so no step takes it for the service's own refusal. */
export class NoLeave extends Error {}

/**
 * The same client, which sends no request that the leave does not cover: with "read" only GET; with "write" also what
 * names nothing but things with our prefix. The last line of defence on a system full of other people's things.
 * `ownIds`: of things that this run has made; they are added here, and one set serves all clients of a run.
 */
export function guarded<T extends Table>(
  table: T,
  client: Client<T>,
  leave: Leave,
  ownIds: Set<string> = new Set(),
): Client<T> {
  const out: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(table)) {
    const send = (input: Fields, context: never) => client[name]?.(input as never, context);
    out[name] = async (input: Fields, context: never): Promise<unknown> => {
      if (operation.method === "GET") return send(input, context);
      const what = `${operation.method} ${operation.path}`;
      if (leave === "read") throw new NoLeave(`${what}: this run may only ask`);
      const foreign = foreignName(operation, input, ownIds);
      if (foreign !== undefined) throw new NoLeave(`${what}: ${foreign} does not begin with ${PREFIX}`);
      if (name === "deleteEventById") await ownEvent(client as unknown as Client<DataOperations>, String(input["id"]));
      const answer = await send(input, context);
      for (const id of idsIn(answer)) ownIds.add(id);
      return answer;
    };
  }
  return out as Client<T>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What an answer to a change says it made. */
function idsIn(answer: unknown): string[] {
  const items = (Array.isArray(answer) ? answer : [answer]) as readonly (Fields | null | undefined)[];
  return items.flatMap((item) => (typeof item?.["id"] === "string" ? [item["id"]] : []));
}

/** A key that gives a thing its name, in JSON or YAML. */
const NAME_KEY = /"(?:name|serviceId|deviceName|profileName)"|^[\s-]*name\s*:/im;

/** The same for plain requests. */
export function guardedRaw(raw: Raw, leave: Leave): Raw {
  return async (path, request = {}) => {
    const { method = "GET", body } = request;
    if (method !== "GET") {
      if (leave === "read") throw new NoLeave(`${method} ${path}: this run may only ask`);
      const text = typeof body === "string" ? body : new TextDecoder().decode(body);
      const own = decodeURIComponent(path).includes(PREFIX) || (method !== "DELETE" && text.includes(PREFIX));
      const names = method === "DELETE" || NAME_KEY.test(text);
      if (names && !own) throw new NoLeave(`${method} ${path}: it names nothing that begins with ${PREFIX}`);
    }
    return raw(path, request);
  };
}

/** A name in the request that is not ours; blank ones name nothing, and a service refuses them. */
function foreignName(operation: Operation, input: Fields, ownIds: ReadonlySet<string>): string | undefined {
  const ours = (name: string): boolean => name.trim() === "" || name.startsWith(PREFIX) || ownIds.has(name);
  return namesIn(operation, input).find((name) => !ours(name));
}

/** The thing that a request is about: in its path the device or else the first parameter, in its body every item's name. */
function namesIn(operation: Operation, input: Fields): string[] {
  const parameters = [...operation.path.matchAll(/\{(\w+)\*?\}/g)].map(([, name = ""]) => name);
  const owner = parameters.find((name) => name === "device") ?? parameters[0];
  if (owner === "id") return [];
  if (owner !== undefined) return [String(input[owner])];
  const body = input["body"];
  const items = Array.isArray(body) ? body : [body];
  // A request that names nothing at all, such as one to scan for devices, is about everybody.
  return items.flatMap((item) => wrappedNames(item) ?? [operation.path]);
}

/** Of { profileName, resource: {…} } the profile's, of { device: {…} } the device's. undefined: there is no name at all. */
function wrappedNames(item: unknown): string[] | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { profileName, deviceName, secretName, name: direct } = item as Fields;
  const owner = profileName ?? deviceName ?? secretName ?? direct;
  if (owner !== undefined) return [String(owner)];
  const inner = Object.values(item).find(isObject) as Fields | undefined;
  if (inner === undefined) return undefined;
  // Found by its id alone, it could be anybody's. With none of the three it is nobody's, and refused by the service.
  const { name, serviceId, id } = inner;
  return [String(name ?? serviceId ?? id ?? "")];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An id tells not whose event it is: it is looked up first. */
async function ownEvent(client: Client<DataOperations>, id: string): Promise<void> {
  try {
    const { deviceName } = (await client.eventById({ id })).event;
    if (!deviceName.startsWith(PREFIX)) throw new NoLeave(`event ${id} is of ${deviceName}, not of ${PREFIX}…`);
  } catch (error) {
    // What is not there, or is no id, is nobody's.
    if (!isAppError(error) || STATUS_OF[error.kind] >= 500) throw error;
  }
}
