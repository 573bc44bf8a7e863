import { join } from "node:path";
import { type OpenReport, openStore } from "@jx/stores";
import type { KeeperModule } from "./jobs.ts";
import type { KeeperStore } from "./keeper-store.ts";

/** Opens `<folder>/keeper.db`. @throws AppError Storage */
export async function openSqliteStore(folder: string): Promise<KeeperStore & { readonly report: OpenReport }> {
  const module = new URL("./jobs.ts", import.meta.url);
  const store = await openStore<KeeperModule>({ file: join(folder, "keeper.db"), module });
  return {
    report: store.report,
    load: () => store.read("all", undefined),
    apply: (changes) => store.write("apply", changes),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
