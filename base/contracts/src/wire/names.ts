import type { Message } from "../message.ts";
import { BASE_TOPIC } from "../topics.ts";

/**
 * Names inside topics and paths when EnableNameFieldEscape is on: Go's url.PathEscape plus `+ - . _ ~`, so that
 * "device-virtual" travels as "device%2Dvirtual". Source: go-mod-core-contracts common/utils.go URLEncode.
 */
export function escapeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/[-._~!'()*]|%24|%26|%3A|%3D|%40/g, (c) => MORE[c] ?? c);
}

/** What encodeURIComponent and Go's PathEscape plus URLEncode do differently. */
const MORE: Readonly<Record<string, string>> = {
  "-": "%2D",
  ".": "%2E",
  _: "%5F",
  "~": "%7E",
  "!": "%21",
  "'": "%27",
  "(": "%28",
  ")": "%29",
  "*": "%2A",
  "%24": "$",
  "%26": "&",
  "%3A": ":",
  "%3D": "=",
  "%40": "@",
};

/** Undoes escapeName; a name that was never escaped, or badly so, comes back as it is. */
export function unescapeName(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A bus message's topic as it goes out when EnableNameFieldEscape is on. Which levels are names: the callers of Go's
 * SetNameFieldPath in device-sdk-go (common/utils.go, controller/messaging) and edgex-go; topics that are not listed
 * here stay as they are.
 */
export function escapeTopic(message: Message): string {
  const levels = message.topic.split("/");
  if (message.kind === "event" && levels[1] === "events") {
    const { profileName, deviceName, sourceName } = message.event;
    return [...levels.slice(0, 3), ...[levels[3] ?? "", profileName, deviceName, sourceName].map(escapeName)].join("/");
  }
  const rule = NAME_LEVELS.find(({ topic }) => topic.test(message.topic));
  if (rule === undefined) return message.topic;
  const end = rule.end < 0 ? levels.length + rule.end : rule.end;
  return levels.map((level, i) => (i >= rule.start && i < end ? escapeName(level) : level)).join("/");
}

/** The other way, for what comes in. */
export function unescapeTopic(topic: string): string {
  return topic.split("/").map(unescapeName).join("/");
}

const NAME_LEVELS: readonly { readonly topic: RegExp; readonly start: number; readonly end: number }[] = [
  { topic: new RegExp(`^${BASE_TOPIC}/system-events/`), start: 5, end: Number.POSITIVE_INFINITY },
  // go-mod-messaging's command client waits for core-command under its plain name.
  { topic: new RegExp(`^${BASE_TOPIC}/response/(?!core-command/)`), start: 2, end: 3 },
  { topic: new RegExp(`^${BASE_TOPIC}/device/command/request/`), start: 4, end: -1 },
  { topic: new RegExp(`^${BASE_TOPIC}/[^/]+/validate/device$`), start: 1, end: 2 },
];
