/** Foreign judges of deploy/: kubernetes-validate has Kubernetes' own schemas, Docker reads its compose file itself. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DEPLOY } from "../../support/compose.ts";
import { manifests } from "./kubernetes.ts";

const python = process.env.JX_PEER_PYTHON ?? "python3";

/** Why the schemas cannot be asked, or false; under .ci/run they must be there. */
function missing(): string | false {
  if (process.env.JX_REQUIRE_PEERS === "1") return false;
  if (spawnSync(python, ["-c", "import kubernetes_validate"]).status === 0) return false;
  return "kubernetes-validate is not installed: python3 -m venv .cache/peers && .cache/peers/bin/pip install -r .ci/peers-python.txt, and JX_PEER_PYTHON=.cache/peers/bin/python";
}

const CHECK = `
import sys, yaml, kubernetes_validate
for file in sys.argv[1:]:
    for object in yaml.safe_load_all(open(file, encoding="utf-8")):
        kubernetes_validate.validate(object, "1.37", strict=True)
        print(object["kind"], object["metadata"]["name"])
`;

test("kubernetes: every object fits its schema, and has no field that Kubernetes does not know", {
  skip: missing(),
}, () => {
  const { status, stdout, stderr } = spawnSync(python, ["-c", CHECK, ...manifests()], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.ok(stdout.trim().split("\n").length >= 20, stdout);
});

test("compose: Docker reads the file, where Docker is", (t) => {
  if (spawnSync("docker", ["compose", "version"]).status !== 0) return t.diagnostic("no docker compose here");
  const file = fileURLToPath(new URL("compose.yaml", DEPLOY));
  const env = { ...process.env, JX_POSTGRES_PASSWORD: "made" };
  const { status, stderr } = spawnSync("docker", ["compose", "-f", file, "config", "--quiet"], {
    env,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});
