/** POST /secret in EdgeX's non-secure mode: edgex-configuration.md §4. */
import assert from "node:assert/strict";
import { commonOperations, type Table } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";

export function secretSteps<T extends Table>(service: string): readonly Step<T>[] {
  const own = ({ other }: Contract<T>) => other(service, commonOperations);
  return [
    {
      name: "a secret that is none is refused",
      zh: "无效的密钥被拒绝",
      access: "write",
      run: async (c) => {
        const secretData = [{ key: "k", value: "v" }];
        for (const body of [
          { secretName: " ", secretData },
          { secretName: c.name("s"), secretData: [] },
        ]) {
          assert.equal(await refusal(own(c).secret({ body })), "400 JSON decode failed");
        }
      },
    },
    {
      name: "a secret has at most 100 values",
      zh: "一个密钥最多 100 个值",
      access: "write",
      jxOnly: { zh: "EdgeX 没有这个上限", en: "EdgeX has no such limit" },
      run: async (c) => {
        const secretData = Array.from({ length: 101 }, (_, i) => ({ key: `k${i}`, value: "v" }));
        assert.match(await refusal(own(c).secret({ body: { secretName: c.name("s"), secretData } })), /^413 /);
      },
    },
    {
      name: "a secret is kept in keeper, and keeper keeps none of its own",
      zh: "密钥存放在 keeper 中；keeper 自身不接受密钥",
      // It lies among the service's settings, whose names are not ours to choose.
      access: "alone",
      run: async (c) => {
        const call = own(c).secret({ body: { secretName: c.name("s"), secretData: [{ key: "k", value: "v" }] } });
        const nowhere =
          "405 adding secret failed -> can't store secrets. ConfigurationProvider is not in use or has not been properly initialized";
        assert.equal(await refusal(call), service === "core-keeper" ? nowhere : "accepted");
      },
    },
  ];
}

/** "operation status" of the common operations that no step brings about at `service`, with the reason. */
export function commonUnreached(service: string): Readonly<Record<string, string>> {
  const reason = "keeper has no keeper, and every other service here has one: base/runtime/src/host/common.test.ts";
  return {
    [service === "core-keeper" ? "secret 201" : "secret 405"]: reason,
    "secret 502": "keeper does not fail here: base/runtime/src/host/common.test.ts",
  };
}
