import type { KeyValue } from "@jx/contracts";
import { isAppError, sleep } from "@jx/kit";
import { type Command, operand } from "../command.ts";
import type { Edge } from "../edge-client.ts";
import { titled } from "../output/table.ts";
import { problem } from "../problem.ts";

/** Where EdgeX 4.x keeps settings in keeper (edgex-configuration.md §1). */
const KEEPER_ROOT = "edgex/v4";
/** What the edge shows in place of a secret. */
const MASKED = "***";

export const configShow: Command = {
  name: "config show",
  operands: "[SERVICE]",
  count: [0, 1],
  summary: { zh: "显示配置（密码已遮盖）", en: "show the configuration in force (secrets masked)" },
  options: { origin: { summary: { zh: "同时显示每个值的来源", en: "and where each value comes from" } } },
  async run(input, context) {
    const edge = await context.edge();
    const { values } = await edge.gateway.configOrigins({});
    const service = input.operands[0];
    const here = values.filter((value) => service === undefined || value.service === service);
    const shown = service === undefined || here.length > 0 ? here : await settingsElsewhere(edge, service);
    if (service !== undefined && shown.length === 0) {
      const known = [...new Set(values.map((value) => value.service))].join(", ");
      throw problem(
        "failed",
        `没有服务 "${service}"：本进程有 ${known}，core-keeper 中也没有它的设置`,
        `There is no service "${service}": ${known} run here, and core-keeper has no settings of it.`,
      );
    }
    if (context.json) {
      context.printJson(shown);
      return 0;
    }
    const { say, paint } = context;
    const origin = input.flag("origin");
    const rows = shown.map((value) => [
      `${value.service}/${value.key}`,
      ...(origin ? [value.origin] : []),
      value.value,
    ]);
    context.print(
      titled(paint, [say("键", "Key"), ...(origin ? [say("来源", "Origin")] : []), say("值", "Value")], rows),
    );
    return 0;
  },
};

export const configSet: Command = {
  name: "config set",
  operands: "SERVICE/KEY VALUE",
  count: [2, 2],
  summary: { zh: "修改一个配置值（写入 core-keeper）", en: "change a setting (kept by core-keeper)" },
  async run(input, context) {
    const { say } = context;
    const path = operand(input).replaceAll(".", "/");
    const value = operand(input, 1);
    const edge = await context.edge();
    const { values } = await edge.gateway.configOrigins({});
    const known =
      values.find((one) => `${one.service}/${one.key}` === path) ??
      freelyNamed(path, values) ??
      (await ofAnotherProcess(edge, path, values));
    if (known === undefined)
      throw unknownKey(
        path,
        values.map((one) => `${one.service}/${one.key}`),
      );
    if (/^Service\/(Host|Port|ServerBindAddr|AllowedHosts)$/.test(known.key) || known.service === "core-keeper") {
      throw problem(
        "failed",
        `${path} 不由 keeper 保存：请写入配置文件（jx status 显示其路径）、环境变量或启动选项，再重新启动。`,
        `${path} is not kept by keeper: put it into the configuration file (jx status shows where), the environment or a flag, and start again.`,
      );
    }
    await edge.keeper.putKey({ key: `${KEEPER_ROOT}/${path}`, body: { value } });
    const live = known.key.startsWith("Writable/");
    const here = values.some(({ service }) => service === known.service);
    if (live && here && !(await inForce(edge, path, value))) {
      // Back to what the service goes on with: keeper should not keep a value that the next start stumbles over.
      await edge.keeper.putKey({ key: `${KEEPER_ROOT}/${path}`, body: { value: known.value } });
      throw problem(
        "failed",
        `${path} 不接受 "${value}"，仍为 "${known.value}"；原因见 jx logs --service ${known.service}`,
        `${path} does not take "${value}" and stays "${known.value}"; jx logs --service ${known.service} says why`,
      );
    }
    if (context.json)
      context.printJson({
        key: path,
        value,
        before: known.value,
        inForce: !live ? "next-start" : here ? "now" : "soon",
      });
    else {
      const soon = say(
        `${known.service} 在另一个进程中，一秒内生效；若不接受，它的日志会说明`,
        `${known.service} is another process: in force within a second, or its log says why not`,
      );
      const now = here ? say("已生效", "in force now") : soon;
      const when = live ? now : say("下次启动时生效", "in force from the next start on");
      context.print(`${path}: ${known.value} → ${value}  (${when})`);
    }
    return 0;
  },
};

/** Metrics and tags have any name; one that is not there yet is off, or empty. */
function freelyNamed(
  path: string,
  values: readonly { readonly service: string }[],
): { service: string; key: string; value: string } | undefined {
  const [, service = "", key = "", folder] = /^([^/]+)\/(Writable\/Telemetry\/(Metrics|Tags)\/[^/]+)$/.exec(path) ?? [];
  if (!values.some((one) => one.service === service)) return undefined;
  return { service, key, value: folder === "Metrics" ? "false" : "" };
}

/** A setting of a service that runs elsewhere, ours or EdgeX's, as keeper has it: what it may be only that service knows. */
async function ofAnotherProcess(
  edge: Edge,
  path: string,
  values: readonly { readonly service: string }[],
): Promise<{ service: string; key: string; value: string } | undefined> {
  const [, service, key] = /^([^/]+)\/(.+)$/.exec(path) ?? [];
  if (service === undefined || key === undefined || values.some((one) => one.service === service)) return undefined;
  const { masked } = await import("@jx/runtime");
  const name = `${KEEPER_ROOT}/${path}`;
  const row = (await keptBelow(edge, name)).find((each) => each.key === name);
  return row === undefined ? undefined : { service, key, value: masked(key, String(row.value)) };
}

/** All that keeper has of a service in another process; what its environment or flags say instead only that one knows. */
async function settingsElsewhere(edge: Edge, service: string): Promise<Setting[]> {
  if (service.includes("/")) return [];
  const { masked } = await import("@jx/runtime");
  const root = `${KEEPER_ROOT}/${service}/`;
  return (await keptBelow(edge, `${KEEPER_ROOT}/${service}`))
    .filter(({ key }) => key.startsWith(root))
    .map(({ key: name, value }) => {
      const key = name.slice(root.length);
      return { service, key, value: masked(key, String(value)), origin: "keeper" };
    });
}

interface Setting {
  readonly service: string;
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

/** What keeper has of a key and below it; nothing when it has none, or when it can be no key. */
async function keptBelow(edge: Edge, key: string): Promise<KeyValue[]> {
  try {
    const { response } = await edge.keeper.getKey({ key, plaintext: true });
    return response.filter((each): each is KeyValue => typeof each !== "string");
  } catch (error) {
    if (isAppError(error, "NotFound") || isAppError(error, "ContractInvalid")) return [];
    throw error;
  }
}

/** A service answers a change on the bus within milliseconds, and refuses what its schema does not allow. */
async function inForce(edge: Edge, path: string, value: string): Promise<boolean> {
  for (let i = 0; i < 20; i += 1) {
    const { values } = await edge.gateway.configOrigins({});
    if (values.some((one) => `${one.service}/${one.key}` === path && (one.value === value || one.value === MASKED)))
      return true;
    await sleep(50);
  }
  return false;
}

function unknownKey(path: string, keys: readonly string[]): Error {
  const last = path.split("/").at(-1)?.toLowerCase() ?? "";
  const near = keys.filter((key) => last !== "" && key.toLowerCase().endsWith(`/${last}`)).slice(0, 5);
  const hint = near.length > 0 ? near.join(", ") : "jx config show";
  return problem(
    "failed",
    `没有配置项 "${path}"；写成 服务/键，如 device-modbus/Writable/LogLevel。可能是：${hint}`,
    `There is no setting "${path}"; write SERVICE/KEY, such as device-modbus/Writable/LogLevel. Perhaps: ${hint}`,
  );
}
