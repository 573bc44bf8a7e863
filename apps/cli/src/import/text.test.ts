import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { decodeTable, MAX_TABLE_BYTES, separatorOf } from "./text.ts";

const utf8 = new TextEncoder();
const decode = (bytes: readonly number[]) => decodeTable(Uint8Array.from(bytes), "p.csv");

test("UTF-8, with and without BOM", () => {
  assert.deepEqual(decodeTable(utf8.encode("设备,地址"), "p.csv"), { text: "设备,地址", encoding: "utf-8" });
  assert.equal(decodeTable(utf8.encode("\uFEFF设备"), "p.csv").text, "设备");
});

// GB/T 2312-1980, rows 41 and 17: 设 C9E8, 备 B1B8.
test("GBK, as Chinese Excel writes it", () => {
  assert.deepEqual(decode([0xc9, 0xe8, 0xb1, 0xb8]), { text: "设备", encoding: "gb18030" });
});

test("UTF-16 with BOM, Excel's Unicode text", () => {
  assert.deepEqual(decode([0xff, 0xfe, 0xbe, 0x8b, 0x09, 0x00]), {
    text: "设\t".replace("设", "\u8bbe"),
    encoding: "utf-16le",
  });
});

test("what is no table is refused with what to do", () => {
  const failure = (bytes: Uint8Array): string => {
    try {
      decodeTable(bytes, "p.xlsx");
      return "accepted";
    } catch (error) {
      assert.ok(isAppError(error));
      assert.equal(error.code, "cli-bad-file");
      return error.message;
    }
  };
  assert.match(failure(Uint8Array.of(0x50, 0x4b, 3, 4)), /CSV UTF-8/);
  assert.match(failure(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0)), /CSV UTF-8/);
  assert.match(failure(Uint8Array.of(65, 0, 66)), /no text file/);
  assert.match(failure(new Uint8Array(MAX_TABLE_BYTES + 1)), /larger than/);
});

test("the separator is what the heading has most of, outside of quotes", () => {
  assert.equal(separatorOf("a,b;c,d"), ",");
  assert.equal(separatorOf("a;b;c,d"), ";");
  assert.equal(separatorOf("\r\n\na\tb\tc"), "\t");
  assert.equal(separatorOf('"a,b,c,d";e;f'), ";");
  assert.equal(separatorOf(""), ",");
});

test("any bytes are decoded or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        assert.equal(typeof decodeTable(bytes, "p").text, "string");
      } catch (error) {
        assert.ok(isAppError(error));
      }
    }),
  );
});
