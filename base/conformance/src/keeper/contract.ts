/** Cases: edgex-configuration.md §3, seen on EdgeX's Go keeper. More of them beside the code, in edge/core-keeper. */
import assert from "node:assert/strict";
import { type KeyValue, keeperOperations } from "@jx/contracts";
import { badBodyStep, NOT_JSON } from "../common/bodies.ts";
import { wrongMethodStep } from "../common/steps.ts";
import { type Contract, defineContract, type Step } from "../contract.ts";
import { bad } from "../raw.ts";
import { refusal } from "../refusal.ts";
import { textSteps } from "./texts.ts";

type Keeper = typeof keeperOperations;

const BAD_KEY = "400 key only allows characters between a to z, A to Z, 0 to 9, or one of -_ ~;=./%";
/** Nothing is called so; a read step may ask for it on any system. */
const NOBODY = "jx-conform-nobody";

const registrationOf = ({ name }: Contract<Keeper>) => ({
  serviceId: name("svc"),
  host: "localhost",
  port: 59899,
  HealthCheck: { interval: "10s", path: "/api/v3/ping", type: "http" },
});

const NO_REGISTRATION = /^400 .*AddRegistrationRequest\.BaseRequest\.Versionable\.ApiVersion field is required; /;

const steps: readonly Step<Keeper>[] = [
  wrongMethodStep("/registry"),
  {
    name: "what is not there is 404, what is no key 400",
    zh: "不存在的键返回 404，无效的键返回 400",
    access: "read",
    run: unknown,
  },
  {
    name: "services are listed, with and without those that said goodbye",
    zh: "列出服务，含或不含已注销的",
    access: "read",
    run: registry,
  },
  // go-mod: io.NewDecoder into a struct: null leaves it empty.
  badBodyStep({
    method: "PUT",
    path: (name) => `/kvs/key/${name("body")}`,
    answers: {
      null: bad("the value field is undefined"),
      "{}": bad("the value field is undefined"),
      "[]": bad("Failed to unmarshal request body as JSON."),
      "": bad("EOF"),
      x: bad(NOT_JSON),
    },
  }),
  badBodyStep({
    method: "POST",
    path: () => "/registry",
    answers: { null: NO_REGISTRATION, "{}": NO_REGISTRATION, "": bad("EOF"), x: bad(NOT_JSON) },
  }),
  { name: "a query that is no boolean", zh: "布尔查询参数的值无效", access: "read", run: noBoolean },
  {
    name: "a key: put, got in three forms, found by prefix, deleted",
    zh: "键：写入、以三种形式读取、按前缀查找、删除",
    access: "write",
    run: keys,
  },
  {
    name: "an object is spread over keys with flatten",
    zh: "flatten 把对象展开成多个键",
    access: "write",
    run: flatten,
  },
  {
    name: "what is no key and what is no value is refused",
    zh: "无效的键、无效的值被拒绝",
    access: "write",
    run: noKey,
  },
  {
    name: "a service: registered once, changed, listed, gone",
    zh: "服务：注册（不可重复）、修改、列出、注销",
    access: "write",
    run: registration,
  },
  {
    name: "a registration without what is required is refused with every reason",
    zh: "注册缺少必填项时被拒绝，并逐条说明",
    access: "write",
    run: brokenRegistration,
  },
  ...textSteps,
];

async function unknown({ client }: Contract<Keeper>): Promise<void> {
  assert.equal(await refusal(client.getKey({ key: NOBODY })), `404 no key starting with '${NOBODY}' found`);
  assert.equal(await refusal(client.getKey({ key: "键" })), BAD_KEY);
  assert.equal(
    await refusal(client.registrationById({ serviceId: NOBODY })),
    "404 registration not found by serviceId",
  );
}

async function registry({ client }: Contract<Keeper>): Promise<void> {
  const { totalCount, registrations } = await client.allRegistrations({});
  assert.equal(totalCount, registrations.length);
  assert.deepEqual(
    registrations.filter(({ status }) => status === "HALT"),
    [],
    "who has said goodbye is hidden",
  );
  const all = await client.allRegistrations({ deregistered: true });
  assert.ok(all.totalCount >= totalCount);
  for (const { serviceId } of registrations.slice(0, 3)) {
    assert.equal((await client.registrationById({ serviceId })).registration.serviceId, serviceId);
  }
}

async function noBoolean({ client, transport }: Contract<Keeper>): Promise<void> {
  if (transport === "in process") return;
  assert.equal(
    await refusal(client.allRegistrations({ deregistered: "x" as unknown as boolean })),
    '400 failed to parse querystring deregistered into bool. Error:strconv.ParseBool: parsing "x": invalid syntax',
  );
}

async function keys({ client, name }: Contract<Keeper>): Promise<void> {
  const prefix = name("kp-1");
  const key = `${prefix}/a`;
  assert.deepEqual(await client.putKey({ key, body: { value: "hello" } }), { response: [key] });
  const { response } = await client.getKey({ key });
  const [row] = response as KeyValue[];
  assert.equal(row?.value, "aGVsbG8=");
  // The clocks of two hosts may differ; a day tells ms from s and ns.
  assert.ok(Math.abs(Date.now() - (row?.Created ?? 0)) < 86_400_000, "Created is in ms");
  const plain = (await client.getKey({ key: prefix, plaintext: true })).response as KeyValue[];
  assert.equal(plain[0]?.value, "hello");
  assert.deepEqual(await client.getKey({ key: prefix, keyOnly: true }), { response: [key] });
  assert.equal(
    await refusal(client.deleteKey({ key: prefix })),
    `409 keys having the same prefix ${prefix} exist and cannot be deleted`,
  );
  assert.deepEqual(await client.deleteKey({ key: prefix, prefixMatch: true }), { response: [key] });
  assert.equal(await refusal(client.getKey({ key })), `404 no key starting with '${key}' found`);
  assert.equal(await refusal(client.deleteKey({ key })), `404 key '${key}' not found`);
}

async function flatten({ client, name }: Contract<Keeper>): Promise<void> {
  const key = name("kp-2");
  const value = { LogLevel: "INFO", Telemetry: { Interval: "30s", Tags: {} } };
  const { response } = await client.putKey({ key, flatten: true, body: { value } });
  assert.deepEqual(response, [`${key}/LogLevel`, `${key}/Telemetry/Interval`]);
}

async function noKey({ client, name }: Contract<Keeper>): Promise<void> {
  assert.equal(await refusal(client.putKey({ key: name("a b"), body: { value: "x" } })), BAD_KEY);
  assert.equal(await refusal(client.deleteKey({ key: name("a?") })), BAD_KEY);
  assert.equal(await refusal(client.putKey({ key: name("k"), body: {} })), "400 the value field is undefined");
}

async function registration(contract: Contract<Keeper>): Promise<void> {
  const { client } = contract;
  const own = registrationOf(contract);
  const { serviceId } = own;
  const body = { registration: own };
  const listed = async (deregistered: boolean): Promise<boolean> => {
    const { registrations } = await client.allRegistrations({ deregistered });
    return registrations.some((each) => each.serviceId === serviceId);
  };
  assert.deepEqual(await client.register({ body }), { serviceName: serviceId });
  assert.equal(await refusal(client.register({ body })), `409 registry with service id '${serviceId}' already exists`);
  await client.updateRegistration({ body: { registration: { ...own, status: "HALT" } } });
  assert.equal((await client.registrationById({ serviceId })).registration.status, "HALT");
  assert.equal(await listed(false), false, "who has said goodbye is hidden");
  assert.equal(await listed(true), true);
  await client.deregister({ serviceId });
  const gone = `404 service id '${serviceId}' not found from registry table`;
  assert.equal(await refusal(client.deregister({ serviceId })), gone);
  assert.equal(await refusal(client.registrationById({ serviceId })), "404 registration not found by serviceId");
  assert.equal(await refusal(client.updateRegistration({ body })), gone);
}

async function brokenRegistration(contract: Contract<Keeper>): Promise<void> {
  const { client } = contract;
  const own = registrationOf(contract);
  const broken = { registration: { ...own, host: "", HealthCheck: { ...own.HealthCheck, interval: "" } } };
  const text =
    "400 AddRegistrationRequest.Registration.Host field is required; AddRegistrationRequest.Registration.HealthCheck.Interval field is required";
  assert.equal(await refusal(client.register({ body: broken })), text);
  assert.equal(await refusal(client.updateRegistration({ body: broken })), text);
}

export const keeperContract = defineContract({
  service: "core-keeper",
  table: keeperOperations,
  needs: ["core-keeper"],
  steps,
  fromText: ["allRegistrations 400"],
});
