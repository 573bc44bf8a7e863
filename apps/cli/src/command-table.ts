import type { Command } from "./command.ts";
import { readCommand, writeCommand } from "./commands/command.ts";
import { configSet, configShow } from "./commands/config.ts";
import { conform } from "./commands/conform.ts";
import { demoCommands } from "./commands/demo.ts";
import { deviceLs, deviceRm, deviceShow } from "./commands/device.ts";
import { deviceAdd } from "./commands/device-add.ts";
import { deviceImport, deviceTemplate } from "./commands/device-import.ts";
import { deviceProbe } from "./commands/device-probe.ts";
import { doctor } from "./commands/doctor.ts";
import { eventLs, eventTail } from "./commands/event.ts";
import { logs } from "./commands/logs.ts";
import { ruleAdd, ruleCheck, ruleLs, ruleRm } from "./commands/rule.ts";
import { serviceInstall, serviceUninstall } from "./commands/service.ts";
import { status } from "./commands/status.ts";
import { version } from "./commands/version.ts";
import { commandHelp, groupHelp, overview } from "./help-text.ts";
import { EXIT } from "./problem.ts";

const help: Command = {
  name: "help",
  operands: "[COMMAND]",
  count: [0, 2],
  summary: { zh: "显示所有命令，或一个命令的说明", en: "show all commands, or what one of them does" },
  async run(input, context) {
    const name = input.operands.join(" ");
    const command = COMMANDS.find((known) => known.name === name);
    const group = COMMANDS.filter((known) => known.name.startsWith(`${name} `));
    if (command !== undefined) context.print(commandHelp(command, context.language).trimEnd());
    else if (name !== "" && group.length > 0) context.print(groupHelp(group, context.language).trimEnd());
    else context.print(overview(COMMANDS, context.language).trimEnd());
    return name === "" || command !== undefined || group.length > 0 ? EXIT.ok : EXIT.usage;
  },
};

/** Every command of `jx`, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  status,
  deviceLs,
  deviceShow,
  deviceAdd,
  deviceRm,
  deviceProbe,
  deviceTemplate,
  deviceImport,
  readCommand,
  writeCommand,
  eventTail,
  eventLs,
  ruleLs,
  ruleCheck,
  ruleAdd,
  ruleRm,
  configShow,
  configSet,
  logs,
  ...demoCommands,
  doctor,
  conform,
  serviceInstall,
  serviceUninstall,
  version,
  help,
];
