import { type AutoEvent, type Device, durationWithDays } from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";

/** Core data's configuration, section Retention. */
export interface RetentionSettings {
  readonly Interval: string;
  readonly DefaultMaxCap: number;
  readonly DefaultMinCap: number;
  readonly DefaultDuration: string;
}

/** What may be deleted of the events of one source of one device (edgex-behaviour.md §2.5). */
export interface Rule {
  /** Nothing is deleted before so many events are stored; 0 and less: no such bound. */
  readonly maxCap: number;
  /** The newest so many of those that the rule selects stay; 0 and less: none of them. */
  readonly minCap: number;
  /** ns; events older than this are selected; 0: all are. */
  readonly duration: bigint;
}

export interface SourceRule {
  readonly deviceName: string;
  readonly sourceName: string;
  /** undefined: everything stays. */
  readonly rule: Rule | undefined;
  /** Why the auto event's own words are no rule; everything stays then. */
  readonly problem?: string;
}

/**
 * The rule of every source without one of its own. EdgeX takes a duration of 0 without a cap for "all but the newest";
 * nobody shall lose all history to a zero, so here everything stays then.
 */
export function defaultRule(settings: RetentionSettings): Rule | undefined {
  const duration = nanoseconds(settings.DefaultDuration);
  const { DefaultMaxCap: maxCap, DefaultMinCap: minCap } = settings;
  return duration === 0n && maxCap <= 0 ? undefined : { maxCap, minCap, duration };
}

/** The rules of auto events that say something of their own; 0 and "" stand for the defaults, as upstream. */
export function ownRules(devices: readonly Device[], settings: RetentionSettings): SourceRule[] {
  return devices.flatMap((device) =>
    (device.autoEvents ?? []).flatMap((autoEvent) => {
      const names = { deviceName: device.name, sourceName: autoEvent.sourceName };
      try {
        const rule = ownRule(autoEvent, settings);
        return rule === "default" ? [] : [{ ...names, rule }];
      } catch (error) {
        return [{ ...names, rule: undefined, problem: messageOf(error) }];
      }
    }),
  );
}

function ownRule({ retention = {} }: AutoEvent, settings: RetentionSettings): Rule | undefined | "default" {
  const { maxCap: ownMax = 0, minCap: ownMin = 0, duration: ownDuration = "" } = retention;
  if (ownMax === 0 && ownMin === 0 && ownDuration === "") return "default";
  const maxCap = ownMax === 0 ? settings.DefaultMaxCap : ownMax;
  const minCap = ownMin === 0 ? settings.DefaultMinCap : ownMin;
  const duration = nanoseconds(ownDuration === "" ? settings.DefaultDuration : ownDuration);
  // Without a cap, only who asks for both in so many words has a source cut down to its newest events.
  const isMeant = ownDuration !== "" && ownMin !== 0;
  return duration === 0n && maxCap <= 0 && !isMeant ? undefined : { maxCap, minCap, duration };
}

/** EdgeX takes days too: "1d12h" (go-mod-core-contracts common/validator.go, ParseDurationWithDay). */
function nanoseconds(text: string): bigint {
  const duration = durationWithDays(text);
  if (duration === undefined) {
    throw new AppError("ContractInvalid", `"${text}" is not a duration; write it like 12h, 7d or 1d12h`);
  }
  return duration < 0n ? 0n : duration;
}
