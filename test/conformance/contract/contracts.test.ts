import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { contracts, refusal } from "@jx/conformance";
import { commandOperations } from "@jx/contracts";
import { httpClient } from "@jx/runtime";
import { startHosted } from "../../support/hosted.ts";
import { runContract } from "./suite.ts";

for (const contract of contracts) runContract(contract);

for (const transport of ["in process", "HTTP"] as const) {
  test(`without core metadata the commands cannot be listed: 503 (${transport})`, async () => {
    await using hosted = await startHosted({ services: ["core-command"] });
    const baseUrl = hosted.url("core-command");
    const client =
      transport === "HTTP"
        ? httpClient(commandOperations, { baseUrl, timeoutMs: 10_000, newId: randomUUID })
        : hosted.host.clients.of("core-command", commandOperations);
    const text = "503 failed to send a http request";
    assert.equal(await refusal(client.allCommands({})), text);
    assert.equal(await refusal(client.commandsByDevice({ name: "any" })), text);
    assert.equal(await refusal(client.get({ name: "any", command: "R1" })), text);
  });
}
