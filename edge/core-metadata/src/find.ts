import { AppError } from "@jx/kit";
import type { Collection, Named } from "./collection.ts";

/** What EdgeX calls each kind in its messages. */
export type Noun = "device" | "device profile" | "device service" | "provision watcher";

type Readable<T extends Named> = Pick<Collection<T>, "get" | "byId">;

export function findByName<T extends Named>(all: Readable<T>, noun: Noun, name: string): T {
  const found = all.get(name);
  if (found === undefined) throw new AppError("NotFound", `no ${noun} with name '${name}' found`);
  return found;
}

export function findById<T extends Named>(all: Readable<T>, noun: Noun, id: string): T {
  const found = all.byId(id);
  if (found === undefined) throw new AppError("NotFound", `no ${noun} with id '${id}' found`);
  return found;
}

/** What a change names: by its id when there is one, else by its name; given both, they must agree. */
export function findTarget<T extends Named>(
  all: Readable<T>,
  noun: Noun,
  { id, name }: { readonly id?: string | null; readonly name?: string | null },
): T {
  if (id === undefined || id === null || id === "") return findByName(all, noun, name ?? "");
  const found = findById(all, noun, id);
  if (name !== undefined && name !== null && name !== found.name) {
    // The blank at the end and the spelling are EdgeX's.
    const word = noun === "provision watcher" ? "existing" : "exsting";
    throw new AppError("ContractInvalid", `${noun} name '${name}' not match the ${word} '${found.name}' `);
  }
  return found;
}

/** The id of a new record: the request's own, which nothing else may have, or a new one. */
export function freshId<T extends Named>(
  all: Readable<T>,
  noun: Noun,
  wanted: string | undefined,
  newId: () => string,
): string {
  const id = wanted === undefined || wanted === "" ? newId() : wanted;
  if (all.byId(id) !== undefined) throw new AppError("DuplicateName", `${noun} id ${id} already exists`);
  return id;
}
