/** edgex-behaviour.md §1.3, "UoM"; edgex-go internal/core/metadata/uom, cmd/core-metadata/res/uom.yaml. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { contract, copy, type Harness, PROFILE, refusal } from "./metadata.fixture.ts";
import { DEFAULT_UNITS_FILE, readUnits } from "./units.ts";

/** Word for word what edgex-go cmd/core-metadata/res/uom.yaml says. */
const UOM = {
  source: "reference to source for all UoM if not specified below",
  units: {
    temperature: { source: "www.weather.com", values: ["C", "F", "K"] },
    weights: {
      source: "www.usa.gov/federal-agencies/weights-and-measures-division",
      values: ["lbs", "ounces", "kilos", "grams"],
    },
  },
};
/** As gopkg.in/yaml.v3 prints them, in the order of Go's map keys. */
const YAML = `Source: reference to source for all UoM if not specified below
Units:
    temperature:
        Source: www.weather.com
        Values:
            - C
            - F
            - K
    weights:
        Source: www.usa.gov/federal-agencies/weights-and-measures-division
        Values:
            - lbs
            - ounces
            - kilos
            - grams
`;

contract("GET uom: JSON in lower case, YAML in capitals for exactly that Accept", async ({ harness }) => {
  const h = await harness();
  assert.deepEqual(await h.client.unitsOfMeasure({}), { uom: UOM });
  if (h.url === undefined) return;
  const get = async (accept: string) => {
    const answer = await fetch(`${h.url}/uom`, { headers: { accept } });
    return [answer.status, answer.headers.get("content-type"), await answer.text()];
  };
  assert.deepEqual(await get("application/x-yaml"), [200, "application/x-yaml", YAML]);
  const json = JSON.stringify({ apiVersion: "v3", statusCode: 200, uom: UOM });
  for (const accept of ["application/json", "*/*", "application/x-yaml, */*", "text/yaml"]) {
    const [status, , text] = await get(accept);
    assert.deepEqual([status, text], [200, json]);
  }
});

const withUnits = (units: string, name = "u") => ({
  ...copy(PROFILE),
  name,
  deviceResources: [
    { name: "A", properties: { valueType: "Int16", readWrite: "R" as const } },
    { name: "R1", properties: { valueType: "Int16", readWrite: "RW" as const, units } },
    { name: "R2", properties: { valueType: "Int16", readWrite: "RW" as const, units: "" } },
  ],
});

/** Each way to bring units in, as "status message". */
async function ways({ client }: Harness, units: string): Promise<string[]> {
  const shown = (item: { statusCode: number; message?: string } | undefined): string =>
    `${item?.statusCode} ${item?.message ?? ""}`;
  const name = `new ${units}`;
  const [resource] = withUnits(units).deviceResources.slice(1);
  return [
    shown((await client.addProfiles({ body: [{ profile: withUnits(units, name) }] }))[0]),
    shown((await client.replaceProfiles({ body: [{ profile: withUnits(units) }] }))[0]),
    await refusal(client.uploadProfile({ body: withUnits(units, `${name} too`) })),
    await refusal(client.replaceProfileByUpload({ body: withUnits(units) })),
    shown(
      (
        await client.addResources({
          body: [{ profileName: "prof", resource: { ...copy(resource), name: `R ${units}` } as never }],
        })
      )[0],
    ).replace(`R ${units} `, "R1 "),
  ];
}

contract("units are checked where Writable.UoM.Validation says so", async ({ seeded }) => {
  const h = await seeded();
  await h.client.addProfiles({ body: [{ profile: withUnits("") }] });
  assert.deepEqual(await ways(h, "parsec"), ["201 ", "200 ", "accepted", "accepted", "201 "], "off by default");
  h.config.Writable.UoM.Validation = true;
  assert.deepEqual(await ways(h, "K"), ["201 ", "200 ", "accepted", "accepted", "201 "]);
  const text = "400 DeviceResource R1 units k is invalid";
  assert.deepEqual(await ways(h, "k"), [text, text, text, text, text], "the letter case counts");
});

async function fileWith(text: string, run: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "jx-units-"));
  try {
    writeFileSync(join(folder, "uom.yaml"), text);
    await run(join(folder, "uom.yaml"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a units file of one's own, in the order of Go's map keys", () =>
  fileWith("Units:\n  b: { Values: [1, m/s] }\n  a: { Source: s, Values: [] }\n", async (path) => {
    const units = await readUnits(path);
    assert.deepEqual(units, { units: { a: { source: "s" }, b: { values: ["1", "m/s"] } } });
    assert.deepEqual(Object.keys(units.units ?? {}), ["a", "b"]);
  }));

test("no path: no units; the default path without a file: EdgeX's own", async () => {
  assert.deepEqual(await readUnits(""), {});
  assert.deepEqual(await readUnits(DEFAULT_UNITS_FILE), UOM);
});

test("a file that is not there, or no units file, stops the start and says why", async () => {
  await assert.rejects(readUnits("/nowhere/uom.yaml"), {
    kind: "ContractInvalid",
    message: /^could not load unit of measure configuration file \(\/nowhere\/uom.yaml\): ENOENT/,
  });
  await fileWith("Units: [C]\n", (path) =>
    assert.rejects(readUnits(path), { kind: "ContractInvalid", message: /uom\.yaml:1:8: Units must be an object/ }),
  );
});
