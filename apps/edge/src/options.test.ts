import assert from "node:assert/strict";
import { test } from "node:test";
import { flagsOf, localHost } from "./flags.ts";
import { helpText } from "./help-text.ts";
import { type EdgeOptions, parseOptions, wishedLanguage } from "./options.ts";

function options(args: readonly string[], environment: Record<string, string> = {}): EdgeOptions {
  const parsed = parseOptions(args, environment);
  assert.notEqual(parsed, "help");
  return parsed as EdgeOptions;
}

test("flags win over environment, environment over defaults", () => {
  assert.equal(options(["--data", "/a"], { JX_DATA: "/b" }).dataDir, "/a");
  assert.equal(options([], { JX_DATA: "/b" }).dataDir, "/b");
  assert.equal(options([], { JX_DATA: "/b" }).configFile, "/b/config.yaml");
  assert.match(options([]).dataDir, /\/var\/edge$/);
  assert.equal(options([], { JX_MQTT_PORT: "1884" }).mqttPort, 1884);
  assert.equal(options(["--mqtt-port", "0"], { JX_MQTT_PORT: "1884" }).mqttPort, 0);
});

test("the language is that of JX_LANG, or of the locale", () => {
  assert.equal(options([], { LANG: "zh_CN.UTF-8" }).language, "zh");
  assert.equal(options([], { LANG: "zh_CN.UTF-8", LC_ALL: "C" }).language, "en");
  assert.equal(options([], { LANG: "en_US.UTF-8", JX_LANG: "zh" }).language, "zh");
  assert.equal(options(["--lang", "en"], { JX_LANG: "zh" }).language, "en");
  assert.equal(wishedLanguage(["--no-such", "--lang", "zh"], {}), "zh");
  assert.equal(wishedLanguage(["--lang=en"], { JX_LANG: "zh" }), "en");
  assert.equal(wishedLanguage(["--lang"], { JX_LANG: "zh" }), "zh");
});

test("what is wrong is told with what would be right", () => {
  for (const [args, message] of [
    [["--port", "70000"], /--port is "70000"; it should be a port/],
    [["--port", ""], /--port is ""/],
    [["--mqtt-broker", "host:x"], /--mqtt-broker is "host:x"; write it like/],
    [["--remote", "core-data"], /--remote is "core-data"; write it like/],
    [["--no-such"], /'--no-such'/],
    [["--config", "/no/such.yaml"], /--config is "\/no\/such.yaml"; there is no such file/],
  ] as const) {
    assert.throws(() => parseOptions(args, {}), { kind: "ContractInvalid", message });
  }
  assert.equal(parseOptions(["-h"], {}), "help");
});

test("the help names every option in both languages", () => {
  const optionsOf = (text: string) => text.match(/^ {2}--[a-z-]+/gm);
  assert.deepEqual(optionsOf(helpText("zh")), optionsOf(helpText("en")));
});

test("addresses of an outside broker and of remote services", () => {
  assert.deepEqual(options(["--mqtt-broker", "10.0.0.5"]).outsideBroker, { host: "10.0.0.5", port: 1883 });
  assert.deepEqual(options(["--mqtt-broker", "mqtt://[fd00::5]:8883"]).outsideBroker, { host: "fd00::5", port: 8883 });
  assert.deepEqual(options(["--remote", "core-data=http://h:1/"]).remote, { "core-data": "http://h:1" });
});

test("loopback unless asked; --edgex-listen opens EdgeX's ports and not the console, --listen the console alone", () => {
  const of = (args: string[]) => flagsOf(options(args));
  assert.equal(of([])["all"]?.get("Service/ServerBindAddr"), undefined);
  assert.equal(of([])["gateway"]?.get("Service/ServerBindAddr"), "127.0.0.1");
  const open = of(["--edgex-listen", "0.0.0.0"]);
  assert.equal(open["all"]?.get("Service/ServerBindAddr"), "0.0.0.0");
  assert.equal(open["all"]?.get("Service/Host"), undefined, "a wildcard is no address for peers");
  assert.equal(open["gateway"]?.get("Service/ServerBindAddr"), "127.0.0.1");
  assert.equal(of(["--edgex-listen", "10.0.0.5"])["all"]?.get("Service/Host"), "10.0.0.5");
  const console = of(["--listen", "10.0.0.5", "--allow-host", "box"]);
  assert.equal(console["gateway"]?.get("Service/ServerBindAddr"), "10.0.0.5");
  assert.equal(console["gateway"]?.get("Service/AllowedHosts"), "box,10.0.0.5");
  assert.equal(console["gateway"]?.get("Service/Host"), "10.0.0.5");
  const everywhere = of(["--listen", "0.0.0.0"]);
  assert.equal(everywhere["gateway"]?.get("Service/Host"), undefined, "a name in the configuration counts then");
});

test("programs of this machine come by an address that is listened on", () => {
  assert.equal(localHost(options([])), "127.0.0.1");
  assert.equal(localHost(options(["--listen", "0.0.0.0"])), "127.0.0.1");
  assert.equal(localHost(options(["--listen", "10.0.0.5"])), "10.0.0.5");
  assert.equal(localHost(options(["--listen", "fd00::5"])), "[fd00::5]");
});
