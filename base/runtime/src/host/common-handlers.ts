import { type commonOperations, type Handlers, unixDate } from "@jx/contracts";
import { AppError } from "@jx/kit";

/** The level of the EdgeX API we speak; application services refuse a core of another major version. */
export const EDGEX_VERSION = "4.1.0";

export interface CommonDeps {
  readonly serviceName: string;
  readonly jxVersion: string;
  readonly sdk: boolean;
  /** ms since 1970. */
  readonly now: () => number;
  readonly config: () => unknown;
  readonly storeSecret: (name: string, data: ReadonlyMap<string, string>) => Promise<void>;
}

/** Each value is a request to keeper. */
const MAX_VALUES = 100;

/** ping, version, config and secret of any service. */
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
    async secret({ body }) {
      if (body.secretData.length > MAX_VALUES) {
        throw new AppError("LimitExceeded", `a secret has at most ${MAX_VALUES} values, not ${body.secretData.length}`);
      }
      await deps.storeSecret(body.secretName.trim(), new Map(body.secretData.map(({ key, value }) => [key, value])));
      return {};
    },
  };
}
