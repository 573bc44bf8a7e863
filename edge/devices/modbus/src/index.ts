import { defineDeviceService } from "@jx/device-sdk";
import { registerCodec } from "./codec.ts";
import { modbusDriver } from "./driver.ts";

/** EdgeX's key and port. */
export const deviceModbus = defineDeviceService({
  key: "device-modbus",
  port: 59901,
  description: "Modbus TCP devices",
  drivers: [modbusDriver],
});

export { modbusDriver, registerCodec };
