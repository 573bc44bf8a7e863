/**
 * The control protocol: JSON lines, requests on the plant's standard input, answers and events on its standard output.
 * There is no port for it, so no web page can reach it.
 */
import { AppError, isAppError, messageOf } from "@jx/kit";
import type { Fault } from "../station/faults.ts";
import { parseFault } from "../station/faults.ts";
import type { Signals } from "../station/signals.ts";

export type PlantCommand =
  | ({ readonly do: "inject" } & Fault)
  /** One fault by its key ("overheat:pump1"), or all. */
  | { readonly do: "clear"; readonly fault?: string }
  /** The station as at its start, all faults cleared; counters go on. */
  | { readonly do: "reset" }
  | { readonly do: "truth" }
  | { readonly do: "faults" };

/** Everything about one step of the station. */
export interface TruthRecord {
  /** Wall time, ms since 1970 UTC. */
  readonly at: number;
  readonly step: number;
  readonly truth: Signals;
  /** What the instruments showed, hence what Modbus served. */
  readonly sensed: Signals;
  /** Keys of the active faults. */
  readonly faults: readonly string[];
}

export interface FaultList {
  /** By key. */
  readonly active: Readonly<Record<string, Fault>>;
}

export interface PlantAnswers {
  readonly inject: { readonly key: string };
  readonly clear: FaultList;
  readonly reset: FaultList;
  readonly truth: TruthRecord;
  readonly faults: FaultList;
}

export interface PlantReady {
  readonly port: number;
  readonly host: string;
  readonly pid: number;
}

export type PlantEvent =
  /** A value written over Modbus. `refused` says why it had no effect. */
  | {
      readonly event: "command";
      readonly at: number;
      readonly device: keyof Signals;
      readonly name: string;
      readonly value: number | boolean;
      readonly refused?: string;
    }
  | { readonly event: "faults"; readonly at: number; readonly active: readonly string[] }
  /** Something of the plant itself went wrong (port not taken back, truth file not written). */
  | { readonly event: "trouble"; readonly at: number; readonly message: string };

export type PlantLine =
  | { readonly ready: PlantReady }
  | { readonly failed: { readonly message: string } }
  | { readonly id: RequestId; readonly ok: unknown }
  | { readonly id: RequestId; readonly error: { readonly kind: string; readonly message: string } }
  | PlantEvent;

/** null answers a line whose id could not be read. */
export type RequestId = number | string | null;

/** Reads one line. Throws ContractInvalid that says what would be right. */
export function parseCommand(line: unknown): PlantCommand {
  if (!isRecord(line)) throw new AppError("ContractInvalid", `a request is an object such as {"id":1,"do":"truth"}`);
  switch (line["do"]) {
    case "inject":
      return { do: "inject", ...parseFault(line) };
    case "clear": {
      const { fault } = line;
      if (fault === undefined) return { do: "clear" };
      if (typeof fault === "string") return { do: "clear", fault };
      throw new AppError(
        "ContractInvalid",
        `"fault" to clear is a key such as "overheat:pump1"; leave it out to clear all`,
      );
    }
    case "reset":
    case "truth":
    case "faults":
      return { do: line["do"] };
    default:
      throw new AppError("ContractInvalid", `"do" must be one of inject, clear, reset, truth, faults`);
  }
}

/** Answers one line of input; never throws. */
export async function answerLine(
  text: string,
  run: (command: PlantCommand) => Promise<PlantAnswers[PlantCommand["do"]]>,
): Promise<PlantLine> {
  let id: RequestId = null;
  try {
    const line = parseJson(text);
    if (isRecord(line) && (typeof line["id"] === "number" || typeof line["id"] === "string")) id = line["id"];
    return { id, ok: await run(parseCommand(line)) };
  } catch (error) {
    return { id, error: { kind: isAppError(error) ? error.kind : "ServerError", message: messageOf(error) } };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("ContractInvalid", `this line is not JSON (${messageOf(error)}); send {"id":1,"do":"truth"}`);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
