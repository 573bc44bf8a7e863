/** What a Go peer and a service of ours said to each other: the form in which it is recorded, and how it is compared. */

export type Served = "core-keeper" | "core-metadata";

/** One request of a peer and the answer with which it went on. */
export interface Exchange {
  readonly service: Served;
  readonly method: string;
  /** As it was sent, escapes and query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text of the request. */
  readonly body?: string;
  readonly status: number;
  /** Parsed; `ANY` where the value differs from run to run. */
  readonly answer?: unknown;
}

/** Ports as they stand in a recording: EdgeX's own. */
export const NOMINAL = { keeper: 59890, metadata: 59881, broker: 1883, device: 59999, app: 59799 } as const;
export type Ports = Partial<Record<keyof typeof NOMINAL, number>>;

const ANY = "*";
const CHANGING = /^(id|created|modified|timestamp)$/i;

/** Puts the nominal ports in place of a run's own. */
export function withNominalPorts(text: string, ports: Ports): string {
  let out = text;
  for (const [name, port] of Object.entries(ports)) {
    out = out.replaceAll(new RegExp(`(?<![\\w-])${port}(?!\\w)`, "g"), String(NOMINAL[name as keyof typeof NOMINAL]));
  }
  return out;
}

/** An answer as it is recorded; undefined without a body. */
export function answerOf(text: string, ports: Ports): unknown {
  if (text === "") return undefined;
  return JSON.parse(withNominalPorts(text, ports), (key, value: unknown) => (CHANGING.test(key) ? ANY : value));
}

/** What the recorded answer has and this one lacks or has otherwise; more fields than recorded are no harm. */
export function lacking(recorded: unknown, answer: unknown, path = "answer"): string[] {
  if (typeof recorded !== "object" || recorded === null) {
    return recorded === answer ? [] : [`${path} is ${JSON.stringify(answer)}, not ${JSON.stringify(recorded)}`];
  }
  if (typeof answer !== "object" || answer === null) return [`${path} is ${JSON.stringify(answer)}`];
  if (Array.isArray(recorded) && recorded.length !== (answer as unknown[]).length) {
    return [`${path} has ${(answer as unknown[]).length} items, not ${recorded.length}`];
  }
  return Object.entries(recorded).flatMap(([key, value]) =>
    lacking(value, (answer as Record<string, unknown>)[key], `${path}.${key}`),
  );
}
