import { type commonOperations, type Handlers, unixDate } from "@jx/contracts";

/** The level of the EdgeX API we speak; application services refuse a core of another major version. */
export const EDGEX_VERSION = "4.1.0";

export interface CommonDeps {
  readonly serviceName: string;
  readonly jxVersion: string;
  readonly sdk: boolean;
  /** ms since 1970. */
  readonly now: () => number;
  readonly config: () => unknown;
}

/** ping, version and config of any service. */
export function commonHandlers(deps: CommonDeps): Handlers<typeof commonOperations> {
  const { serviceName } = deps;
  return {
    ping: () => ({ timestamp: unixDate(deps.now()), serviceName }),
    version: () => ({
      version: EDGEX_VERSION,
      serviceName,
      ...(deps.sdk ? { sdk_version: EDGEX_VERSION } : {}),
      jxVersion: deps.jxVersion,
    }),
    config: () => ({ config: deps.config(), serviceName }),
  };
}
