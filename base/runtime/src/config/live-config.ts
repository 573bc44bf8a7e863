import type { Static, TObject } from "typebox";

/** Where a value came from; `jx config show --origin` prints it. "common": the configuration that all services share. */
export type Origin = "default" | "common" | "file" | "environment" | "keeper" | "flag";

/** The configuration in force. `current` changes when somebody changes a Writable key in keeper. */
export interface LiveConfig<C extends TObject> {
  readonly current: Static<C>;
  /** Called after each change; returns the way to stop. */
  onChange(listener: (config: Static<C>) => void): () => void;
}
