import { type CallContext, type Handlers, type KeeperOperations, topics } from "@jx/contracts";
import type { Bus } from "@jx/runtime";
import type { KeyValues } from "./key-values.ts";
import type { Registry } from "./registry.ts";
import { serial } from "./serial.ts";

export interface KeeperDeps {
  readonly bus: Bus;
  readonly values: KeyValues;
  readonly registry: Registry;
}

export function keeperHandlers({ bus, values, registry }: KeeperDeps): Handlers<KeeperOperations> {
  const inTurn = serial();
  /**
   * One notice per request, after the store: watchers read keeper as soon as they hear of it, and ignore a notice that
   * does not agree with what they read (edgex-configuration.md §3).
   */
  const tell = (
    key: string,
    change: { value?: unknown },
    { correlationId }: CallContext,
  ): Promise<void> | undefined => {
    const payload = { key, Created: 0, Modified: 0, ...change };
    return bus.publish({ kind: "json", topic: topics.configChange(key), payload, correlationId, from: "inside" });
  };
  return {
    getKey({ key, keyOnly, plaintext }) {
      const found = values.get(key, plaintext);
      return { response: keyOnly ? found.map((row) => row.key) : found };
    },
    async putKey({ key, flatten, body }, context) {
      const { response, told } = await inTurn(async () => {
        const response = await values.put(key, body.value, flatten);
        return { response, told: tell(key, { value: body.value }, context) };
      });
      await told;
      return { response };
    },
    async deleteKey({ key, prefixMatch }, context) {
      const { response, told } = await inTurn(async () => {
        const response = await values.delete(key, prefixMatch);
        return { response, told: tell(key, {}, context) };
      });
      await told;
      return { response };
    },
    async register({ body }) {
      await registry.add(body.registration);
      return { serviceName: body.registration.serviceId };
    },
    async updateRegistration({ body }) {
      await registry.replace(body.registration);
      return {};
    },
    allRegistrations({ deregistered }) {
      const registrations = registry.all(deregistered);
      return { totalCount: registrations.length, registrations };
    },
    registrationById: ({ serviceId }) => ({ registration: registry.get(serviceId) }),
    async deregister({ serviceId }) {
      await registry.remove(serviceId);
      return {};
    },
  };
}
