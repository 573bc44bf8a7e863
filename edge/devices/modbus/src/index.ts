export { modbusDriver, modbusService } from "./driver.ts";
