import assert from "node:assert/strict";
import { test } from "node:test";
import { closure, packageFolder, thirdPartyLicenses } from "./licenses.ts";

test("the folder of a package is found in any path", () => {
  assert.equal(packageFolder("node_modules/@fastify/static/index.js"), "node_modules/@fastify/static");
  assert.equal(packageFolder("node_modules/a/node_modules/b/x.js"), "node_modules/a/node_modules/b");
  assert.equal(packageFolder("base/kit/src/index.ts"), undefined);
});

test("licences are listed with their text, for a package and what it depends on", () => {
  const folders = closure(process.cwd(), ["react-dom"]);
  assert.ok(folders.includes("node_modules/scheduler"));
  const text = thirdPartyLicenses(process.cwd(), [...folders, ...folders]);
  assert.equal(text.match(/^react-dom \d+\.\d+\.\d+ — MIT$/gm)?.length, 1);
  assert.match(text, /Permission is hereby granted, free of charge/);
});
