import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Client, DemoStatus, ItemResult, MetadataOperations, RulesOperations } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import type { Fault } from "@jx/plant";
import { type PlantLog, PlantProcess } from "./plant-process.ts";
import { DEMO_LABEL, demoDevices, demoProfiles } from "./station-model.ts";
import { DEMO_RULE_FILE, DEMO_RULES } from "./station-rules.ts";

export interface DemoOptions {
  /** Remembers whether the demo is on; absent on a new data folder, where it is on. */
  readonly stateFile: string;
  readonly plantPort: number;
  readonly seed: number;
}

export interface DemoDeps {
  readonly metadata: Client<MetadataOperations>;
  readonly rules: Client<RulesOperations>;
  readonly log: PlantLog;
}

/** The demo station: installs and removes its devices and rules, and runs the plant. */
export class Demo implements AsyncDisposable {
  readonly #options: DemoOptions;
  readonly #deps: DemoDeps;
  readonly #plant: PlantProcess;
  #on = false;
  /** On and off one after the other, in the order they were asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DemoOptions, deps: DemoDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#plant = new PlantProcess(
      { port: options.plantPort, seed: options.seed },
      { log: deps.log, onRestart: ({ port }) => this.#connect(port) },
    );
  }

  /** At start: as it was left; on a new data folder it is on. */
  async resume(): Promise<void> {
    if (await readState(this.#options.stateFile)) await this.on();
  }

  on(): Promise<DemoStatus> {
    return this.#inTurn(() => this.#switchOn());
  }

  /** Removes what carries the demo's label, its rule file, and nothing else. Stored history stays until it is old. */
  off(): Promise<DemoStatus> {
    return this.#inTurn(() => this.#switchOff());
  }

  async status(): Promise<DemoStatus> {
    const ready = this.#plant.ready;
    const { active } = await this.#plant.faults();
    return {
      on: this.#on,
      plant: { running: ready !== undefined, ...(ready === undefined ? {} : { pid: ready.pid, port: ready.port }) },
      activeFaults: Object.keys(active),
    };
  }

  async fault(fault: Readonly<Record<string, unknown>>): Promise<DemoStatus> {
    await this.#plant.client.inject(fault as unknown as Fault);
    return this.status();
  }

  async clear(): Promise<DemoStatus> {
    await this.#plant.client.clear();
    return this.status();
  }

  async reset(): Promise<DemoStatus> {
    await this.#plant.client.reset();
    return this.status();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plant.stop();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #switchOn(): Promise<DemoStatus> {
    this.#on = true;
    // The plant first: devices that are polled before it listens would begin with a failure.
    const { port } = await this.#plant.start();
    await this.#install(port);
    await writeState(this.#options.stateFile, true);
    return this.status();
  }

  async #switchOff(): Promise<DemoStatus> {
    this.#on = false;
    await writeState(this.#options.stateFile, false);
    const { metadata, rules } = this.#deps;
    await ignoring("NotFound", rules.deleteFile({ file: DEMO_RULE_FILE }));
    const { devices } = await metadata.allDevices({ labels: [DEMO_LABEL], limit: -1 });
    for (const { name } of devices) await ignoring("NotFound", metadata.deleteDevice({ name }));
    const { profiles } = await metadata.allProfiles({ labels: [DEMO_LABEL], limit: -1 });
    for (const { name } of profiles) {
      // A profile that the user's own device uses stays.
      await ignoring("StatusConflict", ignoring("NotFound", metadata.deleteProfile({ name })));
    }
    await this.#plant.stop();
    return this.status();
  }

  async #install(port: number): Promise<void> {
    const { metadata, rules } = this.#deps;
    const profiles = demoProfiles();
    accepted(await metadata.addProfiles({ body: profiles.map((profile) => ({ profile })) }));
    accepted(await metadata.addDevices({ body: demoDevices(port).map((device) => ({ device })) }));
    await this.#connect(port);
    // As the user left it, when it is there: the demonstration is a place to try rules in.
    const { files } = await rules.allFiles({});
    if (!files.some(({ file }) => file === DEMO_RULE_FILE))
      await rules.putFile({ file: DEMO_RULE_FILE, body: { text: DEMO_RULES } });
  }

  /** The devices follow the plant to the port it got; one of the same name that is the user's own stays as it is. */
  async #connect(port: number): Promise<void> {
    const { devices } = await this.#deps.metadata.allDevices({ labels: [DEMO_LABEL], limit: -1 });
    const ours = new Set(devices.map(({ name }) => name));
    const body = demoDevices(port)
      .filter(({ name }) => ours.has(name))
      .map(({ name, protocols }) => ({ device: { name, protocols } }));
    accepted(await this.#deps.metadata.updateDevices({ body }));
  }
}

/** 409 is fine: it is there already, perhaps changed by the user. */
function accepted(items: readonly ItemResult[]): void {
  for (const { statusCode, message } of items) {
    if (statusCode >= 400 && statusCode !== 409)
      throw new AppError("ServerError", `the demo could not be installed: ${message}`);
  }
}

async function ignoring<T>(kind: "NotFound" | "StatusConflict", work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, kind)) return undefined;
    throw error;
  }
}

async function readState(file: string): Promise<boolean> {
  try {
    return (JSON.parse(await readFile(file, "utf8")) as { on?: unknown }).on !== false;
  } catch {
    return true;
  }
}

async function writeState(file: string, on: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ on })}\n`);
}
