import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCESS_WORDS, byteOrder, plain, TABLE_WORDS, TYPE_WORDS } from "./words.ts";

const orders: readonly [string, 2 | 4 | 8, string | undefined][] = [
  ["ABCD", 4, "ABCD"],
  ["cd ab", 4, "CDAB"],
  ["CD-AB", 4, "CDAB"],
  ["大端", 4, "ABCD"],
  ["小端", 4, "DCBA"],
  ["字交换", 4, "CDAB"],
  ["word swap", 8, "GHEFCDAB"],
  ["Byte-swap", 4, "BADC"],
  ["byteswap", 8, "BADCFEHG"],
  ["little endian", 2, "BA"],
  ["word swap", 2, "AB"],
  ["ABCD", 2, undefined],
  ["AABB", 4, undefined],
  ["", 4, undefined],
];
for (const [text, bytes, want] of orders) {
  test(`byte order "${text}" of ${bytes} bytes`, () => assert.equal(byteOrder(text, bytes), want));
}

test("words are known in both languages, in any case and width", () => {
  assert.equal(TYPE_WORDS.get(plain("ＦＬＯＡＴ")), "Float32");
  assert.equal(TYPE_WORDS.get(plain("unsigned")), undefined);
  assert.equal(TABLE_WORDS.get(plain("Holding Registers")), "HOLDING_REGISTERS");
  assert.equal(TABLE_WORDS.get(plain("discrete inputs")), "DISCRETES_INPUT");
  assert.equal(TABLE_WORDS.get(plain("保持寄存器")), "HOLDING_REGISTERS");
  assert.equal(TABLE_WORDS.get(plain("3")), undefined);
  assert.equal(ACCESS_WORDS.get(plain("读/写")), "RW");
});
