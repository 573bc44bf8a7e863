import type { DeviceProfile, DeviceResource } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { noDevice } from "../commands/device.ts";
import type { Edge } from "../edge-client.ts";
import { problem } from "../problem.ts";
import { misfit } from "./fit.ts";

const NOTHING = { zh: "什么也没有写入。", en: "Nothing was written." };
/** Of a device with hundreds of points not all are listed. */
const MAX_NAMED = 20;

/**
 * Looks into the profile before anybody is asked: a person reads what would be right, in their own language. Gives the
 * resource, or nothing for a command, whose values the device service judges.
 * @throws AppError failed
 */
export async function checkWrite(
  edge: Edge,
  { name, resource, value }: { readonly name: string; readonly resource: string; readonly value: string },
): Promise<DeviceResource | undefined> {
  const { deviceCommands = [], deviceResources = [] } = await profileOf(edge, name);
  // As the device service looks: a command goes before a resource of the same name.
  const command = deviceCommands.find((each) => each.name === resource);
  const found = deviceResources.find((each) => each.name === resource);
  const readWrite = command === undefined ? found?.properties.readWrite : command.readWrite;
  if (readWrite === undefined) throw noSuch(name, resource, [...deviceCommands, ...deviceResources]);
  if (!readWrite.includes("W")) {
    throw problem(
      "failed",
      `${name} 的 ${resource} 是只读的（模型中 readWrite 为 ${readWrite}）。${NOTHING.zh}`,
      `${resource} of ${name} is read-only (readWrite is ${readWrite} in its profile). ${NOTHING.en}`,
    );
  }
  if (command !== undefined || found === undefined) return undefined;
  const right = misfit(value, found.properties);
  if (right === undefined) return found;
  const { valueType } = found.properties;
  throw problem(
    "failed",
    `“${value}”不能写入 ${name} 的 ${resource}（${valueType}）：${right.zh}。${NOTHING.zh}`,
    `"${value}" does not fit ${resource} of ${name} (${valueType}): ${right.en}. ${NOTHING.en}`,
  );
}

async function profileOf(edge: Edge, name: string): Promise<Pick<DeviceProfile, "deviceCommands" | "deviceResources">> {
  const { device } = await edge.metadata.deviceByName({ name }).catch((error: unknown) => {
    throw isAppError(error, "NotFound") ? noDevice(name, error) : error;
  });
  if (device.profileName === undefined || device.profileName === "") return {};
  return (await edge.metadata.profileByName({ name: device.profileName })).profile;
}

function noSuch(device: string, name: string, known: readonly { readonly name: string }[]) {
  const names = [...new Set(known.map((each) => each.name))];
  const more = names.length > MAX_NAMED ? " …" : "";
  const some = names.slice(0, MAX_NAMED);
  return problem(
    "failed",
    `${device} 没有资源或命令“${name}”；有：${some.join("、")}${more}`,
    `${device} has no resource or command "${name}"; it has: ${some.join(", ")}${more}`,
  );
}
