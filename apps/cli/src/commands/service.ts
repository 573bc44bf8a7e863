import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command, Context } from "../command.ts";
import { checkoutFolder, INSTALLED_DATA } from "../place.ts";
import { EXIT, problem } from "../problem.ts";
import { installSteps, type Step, uninstallSteps } from "../service/steps.ts";
import { type StartLine, UNIT_PATH, USER, unitText } from "../service/unit.ts";

export const serviceInstall: Command = {
  name: "service install",
  summary: {
    zh: "安装为系统服务（systemd），开机启动",
    en: "install as a system service (systemd) that starts with the machine",
  },
  options: {
    print: { summary: { zh: "只显示 unit 文件", en: "only print the unit file" } },
    option: {
      value: "OPTION",
      multiple: true,
      summary: {
        zh: "传给 jx start 的选项，如 --option=--no-demo，可重复",
        en: "an option for jx start, such as --option=--no-demo; may be repeated",
      },
    },
  },
  async run(input, context) {
    const unit = unitText([...startLine(context), ...input.texts("option")]);
    if (input.flag("print")) {
      context.print(unit.trimEnd());
      return 0;
    }
    requireSystemd();
    requireReadable(startLine(context));
    perform(installSteps(unit, spawnSync("id", ["jx-edge"]).status === 0), context);
    context.print(
      context.say(
        `已安装并启动：${UNIT_PATH}\n数据在 ${INSTALLED_DATA}。状况：systemctl status jx-edge；sudo jx --data ${INSTALLED_DATA} status`,
        `Installed and started: ${UNIT_PATH}\nData lies in ${INSTALLED_DATA}. See systemctl status jx-edge; sudo jx --data ${INSTALLED_DATA} status`,
      ),
    );
    return 0;
  },
};

export const serviceUninstall: Command = {
  name: "service uninstall",
  summary: { zh: "卸载系统服务；除非 --purge，数据保留", en: "remove the system service; data stays unless --purge" },
  options: {
    purge: { summary: { zh: "同时删除所有数据、配置和规则", en: "remove all data, configuration and rules as well" } },
    yes: { short: "y", summary: { zh: "不再询问", en: "do not ask" } },
  },
  async run(input, context) {
    const { say } = context;
    const purge = input.flag("purge");
    requireSystemd();
    const question = purge
      ? say(
          `卸载服务，并删除 ${INSTALLED_DATA} 中的所有数据？`,
          `Remove the service and all data in ${INSTALLED_DATA}?`,
        )
      : say("卸载服务？数据保留。", "Remove the service? The data stays.");
    if (!input.flag("yes") && !(await context.confirm(question))) return EXIT.failed;
    perform(uninstallSteps(purge), context);
    context.print(
      purge
        ? say("已卸载，数据已删除。", "Removed, with its data.")
        : say(`已卸载；数据仍在 ${INSTALLED_DATA}`, `Removed; its data is still in ${INSTALLED_DATA}`),
    );
    return 0;
  },
};

/** The release's launcher, or the pinned start script of this checkout. */
function startLine({ environment }: Context): StartLine {
  if (environment.JX_HOME !== undefined) return [join(environment.JX_HOME, "jx"), "start"];
  const checkout = checkoutFolder();
  if (checkout === undefined) {
    throw problem(
      "failed",
      "找不到启动程序：请用发行包里的 jx 运行。",
      "The program to start was not found: run this with the jx of a release.",
    );
  }
  return [process.execPath, join(checkout, "scripts", "jx.mjs"), "start"];
}

function requireSystemd(): void {
  // sd_booted(3): the program alone may be there in a container.
  if (!existsSync("/run/systemd/system")) {
    throw problem(
      "failed",
      "这里没有 systemd；用 jx service install --print 查看 unit 文件，并按本机的方式启动 jx start。",
      "There is no systemd here; jx service install --print shows what it would run: start jx start the way this machine starts programs.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw problem("failed", "需要管理员权限：sudo jx service …", "This needs an administrator: sudo jx service …");
  }
}

/** The service runs as its own user, which a home folder usually keeps out. */
function requireReadable(start: StartLine): void {
  for (const program of start.filter((word) => word.startsWith("/"))) {
    const closed = parents(program).find((folder) => (statSync(folder).mode & 0o001) === 0);
    if (closed === undefined) continue;
    throw problem(
      "failed",
      `服务以用户 ${USER} 运行，它进不了 ${closed}；请把程序放到 /opt/jx-edge 之类的目录再安装。`,
      `The service runs as user ${USER}, who may not enter ${closed}; put the program into a folder such as /opt/jx-edge and install from there.`,
    );
  }
}

function parents(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...parents(folder)];
}

function perform(steps: readonly Step[], context: Context): void {
  for (const step of steps) {
    if ("write" in step) {
      context.note(`+ ${step.write}`);
      writeFileSync(step.write, step.text, { mode: 0o644 });
    } else if ("remove" in step) {
      context.note(`- ${step.remove}`);
      rmSync(step.remove, { recursive: true, force: true });
    } else runStep(step, context);
  }
}

function runStep({ run: [command = "", ...args], mayFail }: Extract<Step, { run: unknown }>, context: Context): void {
  const line = [command, ...args].join(" ");
  context.note(`$ ${line}`);
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0 || mayFail === true) return;
  const why = error?.message ?? stderr.trim();
  throw problem("failed", `${line} 失败：${why}`, `${line} failed: ${why}`);
}
