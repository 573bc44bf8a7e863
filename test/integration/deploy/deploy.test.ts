/** What deploy/ says is what the programs take, and every name in it leads somewhere. No daemon and no cluster is asked. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { type EdgeOptions, parseOptions } from "../../../apps/edge/src/options.ts";
import { DEPLOY, ourServices, readCompose } from "../../support/compose.ts";
import { imageOf, objectsOf, type PodSpec, type Workload, workloads } from "./kubernetes.ts";

const text = (file: string): string => readFileSync(new URL(file, DEPLOY), "utf8");
const compose = readCompose();
const ours = ourServices(compose);
const { version } = JSON.parse(text("../package.json")) as { version: string };
const PORT_OF = new Map(ours.map(([key, { environment }]) => [key, Number(environment?.["SERVICE_PORT"])]));
const BROKER_PORT = Number(/^listener (\d+)$/m.exec(text("mosquitto.conf"))?.[1]);

/** As the program reads its arguments and variables. */
function optionsOf(args: readonly string[], environment: Readonly<Record<string, string>>): EdgeOptions {
  const options = parseOptions(args, environment);
  assert.ok(options !== "help");
  return options;
}

function leadSomewhere(key: string, options: EdgeOptions): void {
  assert.deepEqual(options.only, [key]);
  // The others hear from keeper where the bus is.
  const broker = key === "core-keeper" ? { host: "mosquitto", port: BROKER_PORT } : undefined;
  assert.deepEqual(options.outsideBroker, broker);
  if (key !== "core-keeper") assert.ok("core-keeper" in options.remote, key);
  assert.equal((key === "gateway" ? options.listen : options.edgexListen) ?? "none", "0.0.0.0");
  for (const [peer, url] of Object.entries(options.remote)) {
    assert.equal(url, `http://${peer}:${PORT_OF.get(peer)}`, `${key} looks for ${peer}`);
    assert.notEqual(peer, key);
  }
}

test("compose: each service is started alone, with arguments that the program takes", () => {
  assert.deepEqual(
    ours.map(([key]) => key),
    ["core-keeper", "core-metadata", "core-data", "core-command", "rules", "device-virtual", "gateway"],
  );
  for (const [key, { command = [], environment = {}, image }] of ours) {
    leadSomewhere(key, optionsOf(command, environment));
    assert.equal(environment["SERVICE_HOST"], key);
    assert.equal(image, `\${JX_IMAGE:-jx-edge:${version}}`);
  }
});

test("compose: what is named is there, and nothing is open beyond this machine", () => {
  for (const [key, service] of Object.entries(compose.services)) {
    for (const [on, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[on];
      assert.ok(other !== undefined, `${key} depends on ${on}`);
      if (condition === "service_healthy") assert.ok(other.healthcheck !== undefined, `${on} tells no health`);
    }
    for (const volume of service.volumes ?? []) {
      const [source = ""] = volume.split(":");
      assert.ok(source.startsWith("./") || source in compose.volumes, `${key}: ${volume}`);
    }
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/, key);
  }
  for (const [key, service] of ours) {
    assert.deepEqual(service.ports, [`127.0.0.1:${PORT_OF.get(key)}:${PORT_OF.get(key)}`]);
    assert.ok(service.read_only === true && service.cap_drop?.includes("ALL") === true && service.mem_limit, key);
  }
});

test("no password stands in a file; the stores go by one that is made", () => {
  const made = `\${JX_POSTGRES_PASSWORD:?see the head of compose.yaml}`;
  const { environment } = compose.services["postgres"] ?? assert.fail("no postgres");
  assert.equal(environment?.["POSTGRES_PASSWORD"], made);
  const stored = ours.filter(([, service]) => service.environment?.["JX_STORE"] !== undefined);
  assert.deepEqual(
    stored.map(([key]) => key),
    ["core-keeper", "core-metadata", "core-data"],
  );
  for (const [key, { command = [], environment: variables = {} }] of stored) {
    assert.equal(variables["JX_STORE_PASSWORD"], made);
    const { store } = optionsOf(command, variables);
    const wanted = { host: "postgres", port: 5432, user: "jx", database: "jx" };
    assert.ok(store.kind === "postgres", key);
    for (const [part, value] of Object.entries(wanted)) assert.equal(store.address[part as "host"], value, key);
    assert.equal(environment?.["POSTGRES_DB"], "jx");
    assert.equal(environment?.["POSTGRES_USER"], "jx");
  }
});

const { objects, named } = objectsOf();

test("kubernetes: the same services with the same arguments", () => {
  for (const [key, { command = [], environment = {} }] of ours) {
    const { spec } = named("Deployment", key) as Workload;
    const [container = assert.fail()] = spec.template.spec.containers;
    assert.deepEqual(container.args, ["--config=/etc/jx-edge/config.yaml", ...command], key);
    const variables = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
    for (const [name, value] of Object.entries(environment)) {
      // The password comes from the secret.
      assert.equal(variables[name], name === "JX_STORE_PASSWORD" ? undefined : value, `${key}: ${name}`);
      assert.ok(name in variables, `${key}: ${name}`);
    }
    assert.equal(container.image, `jx-edge:${version}`);
  }
});

test("kubernetes: one of each, probed, bounded, and no more rights than it needs", () => {
  assert.equal(workloads(objects).length, ours.length + 2);
  for (const { kind, metadata, spec } of workloads(objects)) {
    const { name } = metadata;
    assert.equal(spec.replicas, 1, name);
    if (kind === "Deployment") assert.deepEqual(spec.strategy, { type: "Recreate" }, name);
    const pod: PodSpec = spec.template.spec;
    // Kubernetes would set CORE_DATA_SERVICE_HOST to an address of its own: a setting of ours.
    assert.equal(pod.enableServiceLinks, false, name);
    assert.ok(pod.securityContext.runAsNonRoot && pod.securityContext.runAsUser > 0, name);
    for (const container of pod.containers) {
      assert.ok(container.readinessProbe !== undefined && container.livenessProbe !== undefined, name);
      assert.ok(container.resources.limits.memory && container.resources.requests.cpu, name);
      assert.equal(container.securityContext.allowPrivilegeEscalation, false, name);
      if (imageOf(container) === "jx-edge") {
        for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
          assert.deepEqual(probe?.httpGet, { path: "/api/v3/ping", port: "main" }, name);
        }
        assert.equal(container.ports[0]?.containerPort, PORT_OF.get(name), name);
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
      }
    }
  }
});

test("kubernetes: every name leads to an object, and every service to a pod", () => {
  for (const { metadata, spec } of workloads(objects)) {
    const labels = spec.template.metadata.labels;
    assert.deepEqual(spec.selector.matchLabels, { "app.kubernetes.io/name": metadata.name });
    assert.equal(labels["app.kubernetes.io/name"], metadata.name);
    const service = named("Service", metadata.name) as unknown as {
      spec: { selector: object; ports: readonly { port: number; targetPort: string }[] };
    };
    assert.deepEqual(service.spec.selector, spec.selector.matchLabels);
    const [container = assert.fail()] = spec.template.spec.containers;
    assert.deepEqual([service.spec.ports[0]?.targetPort, container.ports[0]?.name], ["main", "main"]);
    assert.equal(service.spec.ports[0]?.port, container.ports[0]?.containerPort);
    const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
    const volumes = new Map((spec.template.spec.volumes ?? []).map((volume) => [volume.name, volume]));
    for (const { name } of container.volumeMounts) {
      const volume = volumes.get(name);
      assert.ok(volume !== undefined || claims.includes(name), `${metadata.name}: ${name}`);
      if (volume?.configMap !== undefined) named("ConfigMap", volume.configMap.name);
      if (volume?.persistentVolumeClaim !== undefined) {
        named("PersistentVolumeClaim", volume.persistentVolumeClaim.claimName);
      }
    }
    for (const { valueFrom } of container.env ?? []) {
      // Made by a command at the head of 00-common.yaml; no file has it.
      if (valueFrom !== undefined) assert.deepEqual(valueFrom.secretKeyRef, { name: "jx-postgres", key: "password" });
    }
  }
  assert.ok(!objects.some(({ kind }) => kind === "Secret"));
  for (const { kind, metadata } of objects) {
    assert.equal(kind === "Namespace" ? metadata.name : metadata.namespace, "jx-edge", metadata.name);
  }
});

test("kubernetes: the configuration is one that the services read, the broker's that of compose", () => {
  const config = named("ConfigMap", "jx-edge") as unknown as { data: Record<string, string> };
  const sections = Object.keys(parse(config.data["config.yaml"] ?? "") as object);
  assert.deepEqual(
    sections.filter((key) => key !== "all" && !PORT_OF.has(key)),
    [],
  );
  const broker = named("ConfigMap", "mosquitto") as unknown as { data: Record<string, string> };
  assert.equal(broker.data["mosquitto.conf"], text("mosquitto.conf"));
});

test("the image takes what a release makes, and runs it as nobody in particular", () => {
  const dockerfile = text("Dockerfile");
  const release = text("../scripts/release.ts");
  assert.ok(
    /const name = `jx-edge-\$\{version\}-linux-\$\{arch\}`/.test(release),
    "the names of archives have changed",
  );
  assert.match(dockerfile, /COPY dist\/release\/jx-edge-\*-linux-\*\.tar\.gz/);
  assert.match(dockerfile, /amd64\) arch=x64 ;; arm64\) arch=arm64/);
  assert.match(dockerfile, /\nUSER 10001:10001\n[\s\S]*\nVOLUME \/var\/lib\/jx-edge\n/);
  assert.match(dockerfile, /\nENTRYPOINT \["\/opt\/jx-edge\/jx", "start"\]\n$/);
  const exposed = /\nEXPOSE (.*)\n/.exec(dockerfile)?.[1]?.split(" ").map(Number) ?? [];
  for (const [key, port] of PORT_OF) assert.ok(exposed.includes(port), `${key}: ${port}`);
});
