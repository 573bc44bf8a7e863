import { join } from "node:path";
import { type OpenReport, openStore } from "@jx/stores";
import type { DocumentStore } from "./document-store.ts";
import type { MetadataModule } from "./jobs.ts";

/** Opens `<folder>/metadata.db`. @throws AppError Storage */
export async function openSqliteStore(folder: string): Promise<DocumentStore & { readonly report: OpenReport }> {
  const module = new URL("./jobs.ts", import.meta.url);
  const store = await openStore<MetadataModule>({ file: join(folder, "metadata.db"), module });
  return {
    report: store.report,
    load: () => store.read("all", undefined),
    apply: (changes) => store.write("apply", changes),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
