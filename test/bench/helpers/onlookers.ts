/** Who else looks at a busy edge: one console, one MQTT subscriber who stopped reading, 1,024 events every second. */
import { answer } from "../parts/helper.ts";
import { pausedSubscriber } from "../parts/paused-subscriber.ts";

export interface OnlookersQuestion {
  readonly gateway: string;
  readonly coreData: string;
  readonly mqttPort: number;
}
export interface OnlookersAnswer {
  /** Bytes that the console got. */
  readonly shown: number;
  /** How long each query took, ms. */
  readonly queries: readonly number[];
}

let shown = 0;
let queries: number[] = [];
let started = false;

/** The first question starts them; each tells what happened since the one before. */
answer(async (question: OnlookersQuestion): Promise<OnlookersAnswer> => {
  if (!started) await start(question);
  started = true;
  const since = { shown, queries };
  [shown, queries] = [0, []];
  return since;
});

async function start({ gateway, coreData, mqttPort }: OnlookersQuestion): Promise<void> {
  await pausedSubscriber(mqttPort);
  const live = await fetch(`${gateway}/api/v3/live`);
  void (async () => {
    for await (const chunk of live.body ?? []) shown += (chunk as Uint8Array).length;
  })();
  setInterval(async () => {
    const from = performance.now();
    const response = await fetch(`${coreData}/event/all?limit=1024`);
    await response.text();
    if (response.ok) queries.push(performance.now() - from);
  }, 1_000);
}
