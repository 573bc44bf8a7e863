export { Demo, type DemoDeps, type DemoOptions } from "./demo.ts";
export { DEMO_LABEL, demoDevices, demoProfiles } from "./station-model.ts";
export { DEMO_RULE_FILE, DEMO_RULES } from "./station-rules.ts";
