import { AppError } from "@jx/kit";

/**
 * PostgreSQL's text keeps every character of Unicode but U+0000. It travels behind DLE ("data link escape", U+0010),
 * which stands for itself when doubled: texts without the two, all but a few, are kept as they are, and equal texts stay
 * equal.
 */
const ESCAPE = "\u0010";
const NUL = "\0";
// biome-ignore lint/suspicious/noControlCharactersInRegex: the two characters are what it looks for
const TO_ESCAPE = /[\0\u0010]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const ESCAPED = /\u0010(.?)/gs;

export function textToPostgres(text: string): string {
  if (!text.includes(NUL) && !text.includes(ESCAPE)) return text;
  return text.replace(TO_ESCAPE, (char) => (char === NUL ? `${ESCAPE}0` : ESCAPE + ESCAPE));
}

/** @throws AppError Storage when an escape is none of ours. */
export function postgresToText(value: unknown): string {
  if (typeof value !== "string") throw wrong(typeof value);
  if (!value.includes(ESCAPE)) return value;
  return value.replace(ESCAPED, (_, next: string) => {
    if (next === "0") return NUL;
    if (next === ESCAPE) return ESCAPE;
    throw wrong("text with an escape of another kind");
  });
}

function wrong(found: string): AppError {
  return new AppError("Storage", `stored value is ${found}, expected text as this program writes it`, {
    code: "sql-value",
  });
}
