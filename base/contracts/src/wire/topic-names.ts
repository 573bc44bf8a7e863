import type { Message } from "../message.ts";
import type { Event } from "../model/event.ts";
import { BASE_TOPIC } from "../topics.ts";
import { escapeName, unescapeName } from "./names.ts";

/**
 * A bus message's topic as it goes out when EnableNameFieldEscape is on. Which levels are names:
 * - events: device-sdk-go internal/common/utils.go escapes service, profile, device and source;
 * - system events: device-sdk-go listens under its escaped owner (controller/messaging/callback.go) and publishes so
 *   (internal/utils/notify.go), the source stays plain. That core metadata escapes the profile below the owner is
 *   *unverified*: no peer reads that level, and a "/" in the name would otherwise add one;
 * - answers and validation: device-sdk-go controller/messaging/{command,validation}.go escape the service. Core command's
 *   own name stays plain, for go-mod-messaging's command client waits for it so;
 * - commands to a device service: all three names.
 * Topics that are not listed here stay as they are.
 */
export function escapeTopic(message: Message): string {
  const { topic } = message;
  if (message.kind === "event") return escapeEventTopic(topic, message.event);
  const rule = ruleOf(topic);
  return rule === undefined ? topic : rule.write(topic.split("/"), message).join("/");
}

/**
 * The other way, for what comes in: our subscribers know names of services as they are. Levels that their readers decode
 * themselves, as EdgeX's do (the device and the command of a request), are left alone: decoded here, a "/" in a name would
 * add a level, and a "%" would be read twice.
 */
export function unescapeTopic(topic: string): string {
  const rule = ruleOf(topic);
  return rule === undefined ? topic : rule.read(topic.split("/")).join("/");
}

interface Rule {
  readonly topic: RegExp;
  readonly write: (levels: readonly string[], message: Message) => readonly string[];
  readonly read: (levels: readonly string[]) => readonly string[];
}

const EVENTS: Rule = {
  topic: new RegExp(`^${BASE_TOPIC}/events/`),
  write: (levels) => levels, // escapeEventTopic
  read: (levels) => each(levels, 3, levels.length, unescapeName),
};

const RULES: readonly Rule[] = [
  EVENTS,
  {
    topic: new RegExp(`^${BASE_TOPIC}/system-events/`),
    write: (levels, message) => {
      const owner = ownerOf(message);
      const names = levels.slice(5).join("/");
      if (owner === undefined || !`${names}/`.startsWith(`${owner}/`))
        return each(levels, 5, levels.length, escapeName);
      const rest = names.slice(owner.length + 1);
      return [...levels.slice(0, 5), escapeName(owner), ...(rest === "" ? [] : [escapeName(rest)])];
    },
    read: (levels) => each(levels, 5, levels.length, unescapeName),
  },
  oneName(new RegExp(`^${BASE_TOPIC}/response/(?!core-command/).+/`), 2, 1),
  oneName(new RegExp(`^${BASE_TOPIC}/.+/validate/device$`), 1, 2),
  {
    // …/{service}/{device}/{command}/{get|set}; device and command are encoded already where a level needs it.
    topic: new RegExp(`^${BASE_TOPIC}/device/command/request/.+/[^/]+/[^/]+/[^/]+$`),
    write: (levels) => {
      const end = levels.length - 3;
      const encoded = each(levels, end, end + 2, (level) => escapeName(unescapeName(level)));
      return whole(encoded, 4, end, escapeName);
    },
    read: (levels) => whole(levels, 4, levels.length - 3, unescapeName),
  },
];

function ruleOf(topic: string): Rule | undefined {
  return RULES.find((rule) => rule.topic.test(topic));
}

/** What lies between the first `start` and the last `after` levels is one name, whatever is in it. */
function oneName(topic: RegExp, start: number, after: number): Rule {
  return {
    topic,
    write: (levels) => whole(levels, start, levels.length - after, escapeName),
    read: (levels) => whole(levels, start, levels.length - after, unescapeName),
  };
}

function whole(levels: readonly string[], start: number, end: number, change: (name: string) => string): string[] {
  return [...levels.slice(0, start), change(levels.slice(start, end).join("/")), ...levels.slice(end)];
}

function each(levels: readonly string[], start: number, end: number, change: (name: string) => string): string[] {
  return levels.map((level, i) => (i >= start && i < end ? change(level) : level));
}

/** The event tells its own names; what stands before them in the topic is the service's. */
function escapeEventTopic(topic: string, { profileName, deviceName, sourceName }: Event): string {
  const names = `/${profileName}/${deviceName}/${sourceName}`;
  const [base = "", events, from] = topic.split("/", 3);
  if (events !== "events" || from === undefined || !topic.endsWith(names)) return topic;
  const service = topic.slice(`${base}/${events}/${from}/`.length, topic.length - names.length);
  return [base, events, from, ...[service, profileName, deviceName, sourceName].map(escapeName)].join("/");
}

function ownerOf(message: Message): string | undefined {
  if (message.kind !== "json" || typeof message.payload !== "object" || message.payload === null) return undefined;
  const { owner } = message.payload as { readonly owner?: unknown };
  return typeof owner === "string" && owner !== "" ? owner : undefined;
}
