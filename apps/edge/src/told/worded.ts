import { isAppError, messageOf, type Told } from "@jx/kit";
import type { Language } from "../options.ts";
import { CONFIG_WORDS } from "./config-words.ts";
import { NETWORK_WORDS } from "./network-words.ts";
import { OPTION_WORDS } from "./option-words.ts";
import { STORE_WORDS } from "./store-words.ts";
import type { Words } from "./words.ts";

/** Everything that a start can fail with or wait for. */
export const WORDS: Words = { ...OPTION_WORDS, ...CONFIG_WORDS, ...STORE_WORDS, ...NETWORK_WORDS };

/** What is told, in the user's language. What has no words of its own comes in English: it says more than none. */
export function worded({ message, code, details }: Told, language: Language): string {
  if (language === "en" || code === undefined || !Object.hasOwn(WORDS, code)) return message;
  return WORDS[code]?.(details ?? {}) ?? message;
}

/** Why a start failed. */
export function failureText(error: unknown, language: Language): string {
  if (language === "en" || !isAppError(error)) return messageOf(error);
  const text = worded(error, language);
  return text === error.message ? `启动失败：${text}` : text;
}
