import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyValue } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Context, Input } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import { createPaint } from "../output/paint.ts";
import { configSet, configShow } from "./config.ts";

/** A gateway that runs alone, beside a keeper with the settings of others. */
function apart(kept: ReadonlyMap<string, string>) {
  const written: unknown[] = [];
  const printed: string[] = [];
  const keeper = {
    getKey: async ({ key }: { key: string }) => {
      // Keeper answers with every key that begins so (edgex-wire.md, core-keeper).
      const response = [...kept]
        .filter(([each]) => each.startsWith(key))
        .map(([each, value]) => ({ key: each, value }));
      if (response.length === 0) throw new AppError("NotFound", `no key starting with '${key}' found`);
      return { response: response as unknown as KeyValue[] };
    },
    putKey: async (input: unknown) => void written.push(input),
  };
  const gateway = {
    configOrigins: async () => ({ values: [{ service: "gateway", key: "Live/IntervalMs", value: "250" }] }),
  };
  const context = {
    say: (_zh: string, en: string) => en,
    print: (text: string) => void printed.push(text),
    edge: async () => ({ gateway, keeper }) as unknown as Edge,
  } as unknown as Context;
  const set = (path: string, value: string) => configSet.run({ operands: [path, value] } as unknown as Input, context);
  const show = (service: string) => {
    const input = { operands: [service], flag: () => true } as unknown as Input;
    return configShow.run(input, { ...context, paint: createPaint(false) });
  };
  return { written, printed, set, show };
}

test("a setting of a service in another process is set where keeper has it", async () => {
  const { written, printed, set } = apart(
    new Map([
      ["edgex/v4/device-mine/Writable/LogLevel", "INFO"],
      ["edgex/v4/device-mine/Writable/InsecureSecrets/x/SecretData/password", "p4ss"],
    ]),
  );
  assert.equal(await set("device-mine/Writable/LogLevel", "DEBUG"), 0);
  assert.deepEqual(written, [{ key: "edgex/v4/device-mine/Writable/LogLevel", body: { value: "DEBUG" } }]);
  assert.match(printed[0] ?? "", /^device-mine\/Writable\/LogLevel: INFO → DEBUG {2}\(device-mine is another process/);
  await set("device-mine/Writable/InsecureSecrets/x/SecretData/password", "new");
  assert.doesNotMatch(printed.join(), /p4ss/);
});

test("what keeper has not, or has only the beginning of, is no setting", async () => {
  const { written, set } = apart(new Map([["edgex/v4/device-mine/Writable/LogLevel", "INFO"]]));
  for (const path of ["device-mine/Writable/LogLeve", "device-mine/Writable", "nobody/Writable/LogLevel", "x"])
    await assert.rejects(async () => set(path, "1"), /There is no setting/, path);
  assert.deepEqual(written, []);
});

test("the settings of a service in another process are shown as keeper has them, secrets masked", async () => {
  const { printed, show } = apart(
    new Map([
      ["edgex/v4/device-mine/Writable/LogLevel", "INFO"],
      ["edgex/v4/device-mine/Writable/InsecureSecrets/x/SecretData/password", "p4ss"],
      ["edgex/v4/device-mine-2/Writable/LogLevel", "TRACE"],
    ]),
  );
  assert.equal(await show("device-mine"), 0);
  assert.match(printed[0] ?? "", /^device-mine\/Writable\/LogLevel +keeper +INFO *$/m);
  assert.doesNotMatch(printed.join(), /p4ss|TRACE/);
  await assert.rejects(async () => show("nobody"), /There is no service "nobody"/);
});
