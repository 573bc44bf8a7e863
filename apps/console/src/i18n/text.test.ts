import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chooseLanguage, DICTIONARIES, type TextKey, translate } from "./text.ts";

const SOURCE = join(import.meta.dirname, "..");
const KEYS = Object.keys(DICTIONARIES.zh) as TextKey[];

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();
}

test("both languages have the same texts, none empty, with the same placeholders", () => {
  assert.deepEqual(Object.keys(DICTIONARIES.en).sort(), [...KEYS].sort());
  for (const key of KEYS) {
    assert.notEqual(DICTIONARIES.zh[key].trim(), "", key);
    assert.notEqual(DICTIONARIES.en[key].trim(), "", key);
    assert.deepEqual(placeholders(DICTIONARIES.en[key]), placeholders(DICTIONARIES.zh[key]), key);
  }
});

test("English texts hold no Chinese, and Chinese sentences are not left in English", () => {
  for (const key of KEYS) assert.doesNotMatch(DICTIONARIES.en[key], /\p{Script=Han}/u, key);
  const same = KEYS.filter((key) => DICTIONARIES.en[key] === DICTIONARIES.zh[key]);
  assert.deepEqual(same.sort(), ["noValue", "perSecond"]);
});

test("a text is filled in, and an unknown name stays to be seen", () => {
  assert.equal(translate("en", "confirmStop", { device: "Pump 1" }), "Stop Pump 1?");
  assert.equal(translate("zh", "confirmStop", { device: "1号泵" }), "停止 1号泵？");
  assert.equal(translate("en", "confirmStop"), "Stop {device}?");
});

test("a value that looks like a placeholder is not filled in again", () => {
  assert.equal(translate("en", "confirmWrite", { value: "{target}", target: "x" }), "Write {target} to x?");
});

test("the remembered language counts first, then the browser's order, then English", () => {
  assert.equal(chooseLanguage("en", ["zh-CN"]), "en");
  assert.equal(chooseLanguage(null, ["de", "zh-TW", "en"]), "zh");
  assert.equal(chooseLanguage("xx", ["en-GB", "zh"]), "en");
  assert.equal(chooseLanguage(null, ["fr"]), "en");
  assert.equal(chooseLanguage(null, []), "en");
});

test("every text is used by the page", () => {
  const sources = ["app.tsx", "i18n/language.tsx", ...["model", "parts"].flatMap((folder) => filesIn(folder))];
  const page = sources.map((file) => readFileSync(join(SOURCE, file), "utf8")).join("\n");
  assert.deepEqual(
    KEYS.filter((key) => !page.includes(`"${key}"`)),
    [],
  );
});

function filesIn(folder: string): string[] {
  return readdirSync(join(SOURCE, folder))
    .filter((name) => /(?<!\.test)\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}
