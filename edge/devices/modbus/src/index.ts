import { defineDeviceService } from "@jx/device-sdk";
import { modbusDriver, modbusService } from "./driver.ts";

export const deviceModbus = defineDeviceService({
  key: modbusService.serviceKey,
  port: modbusService.port,
  description: "Modbus TCP devices",
  drivers: [modbusDriver],
});

export { modbusDriver, modbusService };
