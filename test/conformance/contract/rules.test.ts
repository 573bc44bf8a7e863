/** JX's own interface: rule files, what they say, and what they fired. */
import assert from "node:assert/strict";
import { type Contract, defineContract, refusal, type Step, until } from "@jx/conformance";
import { type Device, type DeviceProfile, metadataOperations, rulesOperations } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { runContract } from "./suite.ts";

type Rules = typeof rulesOperations;

const PROFILE: DeviceProfile = {
  name: "prof",
  deviceResources: [
    {
      name: "温度",
      attributes: { waveform: "constant", value: 50 },
      properties: { valueType: "Float64", readWrite: "R", units: "℃" },
    },
  ],
};
const DEVICE: Device = {
  name: "泵/1",
  serviceName: "device-virtual",
  profileName: "prof",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: { other: { Address: "1" } },
  autoEvents: [{ sourceName: "温度", interval: "50ms" }],
};
const FILE = "规则 1.pangu";
const GOOD = `规则 "热" {\n  当 "泵/1"."温度" > 42 degC\n  则 记录 "hot"\n}\n`;
const WRONG_UNIT = `// comment\nrule "bad" {\n  when "泵/1"."温度" > 42 MPa\n  then log "x"\n}\n`;

const steps: readonly Step<Rules>[] = [
  {
    name: "a rule is checked, written, in force, and fires with its reason",
    zh: "规则：检查、写入、生效、触发并说明原因",
    access: "write",
    run: async (c) => {
      const { client } = c;
      await seed(c);
      const checked = await client.check({ body: { text: GOOD } });
      assert.deepEqual(checked, { rules: ["热"], problems: [] });
      assert.deepEqual((await client.allFiles({})).files, [], "a check writes nothing");
      assert.deepEqual(await client.putFile({ file: FILE, body: { text: GOOD } }), checked);
      assert.deepEqual(await client.allFiles({}), { files: [{ file: FILE, text: GOOD }] });
      await until("the rule fires", async () => (await client.allFirings({})).totalCount === 1);
      const { firings } = await client.allFirings({});
      assert.equal(firings[0]?.rule, "热");
      assert.equal(firings[0]?.cause, "true-at-start");
      assert.deepEqual(
        firings[0]?.operands.map(({ deviceName, resourceName, value, units }) => [
          deviceName,
          resourceName,
          value,
          units,
        ]),
        [["泵/1", "温度", 50, "℃"]],
      );
      assert.ok((firings[0]?.time ?? 0n) > 1_700_000_000_000_000_000n, "ns, as a bigint");
      const { rule } = await client.ruleByName({ name: "热" });
      assert.deepEqual(
        [rule.file, rule.line, rule.state, rule.firings, rule.lastFiring],
        [FILE, 1, "true", 1, firings[0]?.time],
      );
      assert.deepEqual(
        (await client.allRules({})).rules.map(({ name }) => name),
        ["热"],
      );
    },
  },
  {
    name: "a wrong unit is told with line and column, and the rules in force stay",
    zh: "单位不对时报出行列，生效中的规则不变",
    access: "write",
    run: async ({ client }) => {
      const { problems } = await client.check({ body: { text: WRONG_UNIT } });
      const [problem] = problems.filter(({ severity }) => severity === "error");
      const column = 1 + (WRONG_UNIT.split("\n")[2] ?? "").indexOf("MPa");
      assert.deepEqual([problem?.line, problem?.column], [3, column]);
      assert.match(problem?.message.en ?? "", /pressure .*temperature.* ℃/);
      assert.match(problem?.message.zh ?? "", /℃/);
      const error = await client
        .putFile({ file: "bad.pangu", body: { text: WRONG_UNIT } })
        .catch((each: unknown) => each);
      assert.ok(isAppError(error, "ContractInvalid"));
      assert.match(error.message, /^bad\.pangu:3:24: pressure /);
      assert.ok(Array.isArray(error.details?.["problems"]), "the problems come as data too");
      assert.equal((await client.allFiles({})).files.length, 1);
      assert.equal((await client.allRules({})).rules.length, 1);
    },
  },
  {
    name: "what is no text, no file name, no rule",
    zh: "不成立的文本、文件名、规则名",
    access: "write",
    run: async ({ client, transport }) => {
      const text = "x".repeat(1_000_001);
      assert.match(await refusal(client.check({ body: { text } })), /^400 /);
      assert.match(
        await refusal(client.putFile({ file: "../evil.pangu", body: { text: GOOD } })),
        /^400 .*\.\.\/evil\.pangu/,
      );
      assert.match(await refusal(client.deleteFile({ file: "none.pangu" })), /^404 /);
      assert.match(await refusal(client.ruleByName({ name: "none" })), /^404 no rule named 'none'/);
      if (transport === "HTTP") assert.match(await refusal(client.allFirings({ limit: 100_000 })), /^400 /);
    },
  },
  {
    name: "a deleted file takes its rules out of force; its firings stay",
    zh: "删除文件后规则失效，触发记录保留",
    access: "write",
    run: async ({ client }) => {
      await client.deleteFile({ file: FILE });
      assert.deepEqual((await client.allRules({})).rules, []);
      assert.equal((await client.allFirings({})).totalCount, 1);
    },
  },
];

async function seed({ other }: Contract<Rules>): Promise<void> {
  const metadata = other("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: PROFILE }] });
  const [item] = await metadata.addDevices({ body: [{ device: DEVICE }] });
  assert.equal(item?.statusCode, 201, item?.message);
}

runContract(
  defineContract({
    service: "rules",
    table: rulesOperations,
    needs: ["core-keeper", "core-metadata", "core-command", "rules", "device-virtual"],
    steps,
    fromText: ["allFirings 400"],
  }),
);
