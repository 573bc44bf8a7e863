import { call, path } from "../model/api.ts";

/** Writes one resource through core command; resolves when the device has accepted it. */
export async function writeResource(device: string, resource: string, value: string): Promise<void> {
  await call(path("/core-command/api/v3/device/name", device, resource), {
    method: "PUT",
    body: { [resource]: value },
  });
}
