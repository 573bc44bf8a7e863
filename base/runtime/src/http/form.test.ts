/** Forms as curl, Go (mime/multipart) and Python (requests, urllib3) write them; RFC 7578. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { codecNamed } from "./codecs.ts";
import { formFile } from "./form.ts";

const B = "------------------------8d2a1c";
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, boundary = B, type = "multipart/form-data; boundary=") =>
  formFile(utf8(text), `${type}${boundary}`);
const part = (head: string, content: string): string => `--${B}\r\n${head}\r\n\r\n${content}\r\n`;

const CURL =
  'Content-Disposition: form-data; name="file"; filename="profile.yaml"\r\nContent-Type: application/octet-stream';
const GO = 'Content-Disposition: form-data; name="file"; filename="泵.yaml"\r\nContent-Type: application/octet-stream';
const PYTHON = 'Content-Disposition: form-data; name="file"; filename="a.yaml"';
for (const [who, head] of Object.entries({ CURL, GO, PYTHON })) {
  test(`a form of ${who.toLowerCase()}`, async () => {
    assert.equal(await read(`${part(head, "name: 泵\r\na: 1")}--${B}--\r\n`), "name: 泵\r\na: 1");
  });
}

test("other fields, a quoted boundary, an empty file", async () => {
  const note = part('Content-Disposition: form-data; name="note"', "text");
  assert.equal(await read(`${note}${part(CURL, "a")}--${B}--\r\n`, `"${B}"`), "a");
  assert.equal(await read(`${part(CURL, "")}--${B}--\r\n`, B, "Multipart/Form-Data; Boundary="), "");
});

const bad: readonly [what: string, body: string, type: string, message: RegExp][] = [
  ["no form", "{}", "application/json", /^request Content-Type isn't multipart\/form-data$/],
  ["no type", "", "", /^request Content-Type isn't multipart\/form-data$/],
  ["no boundary", part(CURL, "a"), "multipart/form-data", /^the form cannot be read: /],
  [
    "another boundary",
    `${part(CURL, "a")}--${B}--\r\n`,
    "multipart/form-data; boundary=y",
    /^the form cannot be read: /,
  ],
  ["cut off", part(CURL, "a").slice(0, -4), `multipart/form-data; boundary=${B}`, /^the form cannot be read: /],
  [
    "no file",
    `--${B}--\r\n`,
    `multipart/form-data; boundary=${B}`,
    /^(missing yaml file|the form cannot be read: .*)$/,
  ],
  ["an empty body", "", `multipart/form-data; boundary=${B}`, /^the form cannot be read: /],
];
for (const [what, body, type, message] of bad) {
  test(`refused: ${what}`, () => assert.rejects(formFile(utf8(body), type), { kind: "ContractInvalid", message }));
}

test("what our own client sends comes back, whatever the profile holds", async () => {
  const { decodeFile, encodeBody } = await codecNamed("profile-upload");
  for (const description of ["jx-profile", "--jx-profile-\r\n", "泵: # & *a", "1e3"]) {
    const profile = { name: "a", description, deviceResources: [], deviceCommands: [] };
    const sent = encodeBody?.(profile);
    assert.ok(typeof sent?.bytes === "string");
    assert.deepEqual(decodeFile?.(await formFile(utf8(sent.bytes), sent.contentType)), profile);
  }
});

test("a file that is no UTF-8 is refused", async () => {
  const [head = "", tail = ""] = `${part(CURL, "§")}--${B}--\r\n`.split("§");
  const bytes = Buffer.concat([utf8(head), Uint8Array.of(0xb5, 0xb1), utf8(tail)]);
  await assert.rejects(formFile(bytes, `multipart/form-data; boundary=${B}`), { message: /^the file is not UTF-8/ });
});

test("any bytes end in a text or a refusal", async () => {
  const piece = fc.oneof(fc.constantFrom(`--${B}`, "\r\n", "--", CURL, ": ", ";", "\0"), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      try {
        assert.equal(typeof (await read(pieces.join(""))), "string");
      } catch (error) {
        assert.ok(isAppError(error, "ContractInvalid"), String(error));
      }
    }),
    { numRuns: 300 },
  );
});
