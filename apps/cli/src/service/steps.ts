import { INSTALLED_DATA } from "../place.ts";
import { CACHE, UNIT_NAME, UNIT_PATH, USER } from "./unit.ts";

/** One step of an installation: a program to run, or a file to write or remove. */
export type Step =
  | { readonly run: readonly string[] /** A failure is as good as done: it was so already. */; readonly mayFail?: true }
  | { readonly write: string; readonly text: string }
  | { readonly remove: string };

export function installSteps(unit: string, userExists: boolean): Step[] {
  const user = [
    "useradd",
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    INSTALLED_DATA,
    "--shell",
    "/usr/sbin/nologin",
    USER,
  ];
  return [
    ...(userExists ? [] : [{ run: user }]),
    { write: UNIT_PATH, text: unit },
    { run: ["systemctl", "daemon-reload"] },
    { run: ["systemctl", "enable", UNIT_NAME] },
    // Not `enable --now`: an upgrade over a running service has to start the new program.
    { run: ["systemctl", "restart", UNIT_NAME] },
  ];
}

/** Data stays unless `purge`. */
export function uninstallSteps(purge: boolean): Step[] {
  const steps: Step[] = [
    { run: ["systemctl", "disable", "--now", UNIT_NAME], mayFail: true },
    { remove: UNIT_PATH },
    { run: ["systemctl", "daemon-reload"] },
    { remove: CACHE },
  ];
  return purge ? [...steps, { remove: INSTALLED_DATA }, { run: ["userdel", USER], mayFail: true }] : steps;
}
