import { Type } from "@jx/contracts";

/** Core command has no settings of its own yet; what it shares with all services the host adds. */
export const CommandConfig = Type.Object({});
