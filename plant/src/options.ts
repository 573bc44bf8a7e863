import { parseArgs } from "node:util";
import { AppError, messageOf } from "@jx/kit";

export interface MainOptions {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly truth?: string;
  readonly noStdin: boolean;
  readonly help: boolean;
}

export const HELP = `plant: a simulated closed-cooling-water station that speaks Modbus TCP
       模拟闭式冷却水站（Modbus TCP）

  --port <n>      port to serve; 0 takes a free one (1502)                      端口，0 为任意空闲端口
  --host <addr>   address to serve (127.0.0.1)                                  监听地址
  --seed <n>      the same seed gives the same noise (1)                        随机种子
  --speed <x>     seconds of the station per second of the clock, 0.1–100 (1)   时间倍率
  --truth <file>  write ground truth as JSON lines, at most 2 × 32 MB           真值文件
  --no-stdin      run until a signal; without it the end of standard input      不读标准输入
                  ends the plant, unless that is a terminal
  --help

  Standard input takes JSON lines 标准输入为 JSON 行: {"id":1,"do":"inject","fault":"overheat","pump":1}
  {"id":2,"do":"clear"} {"id":3,"do":"reset"} {"id":4,"do":"truth"} {"id":5,"do":"faults"}
`;

/** For a person at a terminal. */
export const HINT =
  'try {"do":"inject","fault":"overheat","pump":1} or {"do":"truth"}; Ctrl-C ends it. 可输入以上命令；Ctrl-C 结束。';

/** Throws ContractInvalid that names the option. */
export function parseOptions(args: readonly string[]): MainOptions {
  const { values } = parse(args);
  const options = {
    host: values.host,
    port: numberOf("--port", values.port, 0, 65_535, true),
    seed: numberOf("--seed", values.seed, 0, 2 ** 32 - 1, true),
    speed: numberOf("--speed", values.speed, 0.1, 100, false),
    noStdin: values["no-stdin"],
    help: values.help,
  };
  return values.truth === undefined ? options : { ...options, truth: values.truth };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: "string", default: "127.0.0.1" },
        port: { type: "string", default: "1502" },
        seed: { type: "string", default: "1" },
        speed: { type: "string", default: "1" },
        truth: { type: "string" },
        "no-stdin": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new AppError("ContractInvalid", `${messageOf(error)}; --help shows the options`, { cause: error });
  }
}

function numberOf(option: string, text: string, min: number, max: number, whole: boolean): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new AppError("ContractInvalid", `${option} is "${text}"; it must be a number from ${min} to ${max}`);
}
