import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client, Device, MetadataOperations } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { allDevices } from "./devices.ts";

const MAX_RESULTS = 500;

test("a device whose neighbour goes while they are listed is still there, also where metadata gives few at once", async () => {
  const all = Array.from({ length: 1_200 }, (_, i) => ({ name: `d${i}` }) as Device);
  let pages = 0;
  const metadata = {
    async allDevices({ offset, limit }: { offset: number; limit: number }) {
      if (limit > MAX_RESULTS) throw new AppError("ContractInvalid", `limit ${limit} is out of range`);
      const page = all.slice(offset, offset + (limit === -1 ? MAX_RESULTS : limit));
      pages += 1;
      if (pages === 1) all.splice(0, 1);
      return { totalCount: all.length, devices: page };
    },
  } as unknown as Client<MetadataOperations>;
  const names = (await allDevices(metadata)).map(({ name }) => name);
  assert.deepEqual(
    names,
    all.map(({ name }) => name),
  );
});
