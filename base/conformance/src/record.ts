import { type Client, type Operation, STATUS_OF, type Table } from "@jx/contracts";
import { isAppError } from "@jx/kit";

/** The same client; every status that an operation ends with is put into `met` as "operation status". */
export function recorded<T extends Table>(table: T, client: Client<T>, met: Set<string>): Client<T> {
  const out: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(table)) {
    out[name] = async (input: never, context: never): Promise<unknown> => {
      try {
        const output = await client[name]?.(input, context);
        met.add(`${name} ${operation.status}`);
        return output;
      } catch (error) {
        if (isAppError(error)) met.add(`${name} ${STATUS_OF[error.kind]}`);
        throw error;
      }
    };
  }
  return out as Client<T>;
}

/** Every "operation status" that a table promises, but failures of the store, which no request brings about. */
export function promised(table: Table): string[] {
  return Object.entries(table).flatMap(([name, operation]) => statusesOf(name, operation));
}

function statusesOf(name: string, { status, errors }: Operation): string[] {
  const statuses = errors.filter((kind) => kind !== "Storage").map((kind) => STATUS_OF[kind]);
  return [...new Set([status, ...statuses])].map((each) => `${name} ${each}`);
}
