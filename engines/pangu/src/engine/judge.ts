import type { Memory } from "./memory.ts";
import { OP, type Tables, TEMPLATE } from "./tables.ts";

/** Kleene's strong logic in numbers: and is the minimum, or the maximum, not the negation. */
export type Truth = -1 | 0 | 1;
export const FALSE = -1;
export const UNKNOWN = 0;
export const TRUE = 1;

/** What one comparison says about the present values; unknown while a value is missing, bad or not a number. */
export function judgeLeaf({ leaf }: Tables, memory: Memory, index: number): Truth {
  const left = leaf.left[index] as number;
  const right = leaf.right[index] as number;
  if (memory.good[left] === 0 || (right >= 0 && memory.good[right] === 0)) return UNKNOWN;
  const template = leaf.template[index] as number;
  if (template >= TEMPLATE.sameText) return judgeText(memory, template, left, right, leaf.text[index]);

  let value = memory.number[left] as number;
  if (right >= 0)
    value -= (memory.number[right] as number) * (leaf.scale[index] as number) + (leaf.offset[index] as number);
  if (Number.isNaN(value)) return UNKNOWN;
  const limit = (memory.side[index] === 1 ? leaf.stay[index] : leaf.enter[index]) as number;
  return holds(template, value, limit) ? TRUE : FALSE;
}

function holds(template: number, value: number, limit: number): boolean {
  switch (template) {
    case TEMPLATE.above:
      return value > limit;
    case TEMPLATE.atLeast:
      return value >= limit;
    case TEMPLATE.below:
      return value < limit;
    case TEMPLATE.atMost:
      return value <= limit;
    case TEMPLATE.equal:
      return value === limit;
    default:
      return value !== limit;
  }
}

function judgeText(memory: Memory, template: number, left: number, right: number, constant: string | undefined): Truth {
  const value = memory.reading[left]?.value;
  const other = right >= 0 ? memory.reading[right]?.value : constant;
  if (typeof value !== "string" || typeof other !== "string") return UNKNOWN;
  return (value === other) === (template === TEMPLATE.sameText) ? TRUE : FALSE;
}

/** What a rule's condition is at `now`, from the truth of its leaves. Starts and stops its timers. */
export function judgeRule(tables: Tables, memory: Memory, rule: number, now: number): Truth {
  const { program, programAt } = tables;
  const { stack } = memory;
  const end = programAt[rule + 1] as number;
  let top = -1;
  for (let at = programAt[rule] as number; at < end; at += 2) {
    const argument = program[at + 1] as number;
    switch (program[at]) {
      case OP.leaf:
        stack[++top] = memory.truth[argument] as number;
        break;
      case OP.not:
        stack[top] = -(stack[top] as number);
        break;
      case OP.hold:
        stack[top] = judgeHold(tables, memory, argument, stack[top] as Truth, now);
        break;
      case OP.all:
        for (let n = argument; n > 1; n--, top--)
          stack[top - 1] = Math.min(stack[top - 1] as number, stack[top] as number);
        break;
      case OP.any:
        for (let n = argument; n > 1; n--, top--)
          stack[top - 1] = Math.max(stack[top - 1] as number, stack[top] as number);
        break;
    }
  }
  return stack[0] as Truth;
}

/**
 * Only a known false sets a `for` back: one bad reading in ten minutes must not make a ten-minute condition start anew.
 * While the condition is unknown the `for` is unknown as well, so it cannot fire on a dead sensor.
 */
function judgeHold(tables: Tables, memory: Memory, hold: number, inner: Truth, now: number): Truth {
  if (inner !== TRUE) {
    memory.timers.stop(hold);
    if (inner === FALSE && !Number.isNaN(memory.since[hold] as number)) {
      memory.since[hold] = NaN;
      memory.noteChange(tables.holdRule[hold] as number);
    }
    return inner;
  }
  // A stored time from a clock that was ahead counts from now.
  if (!((memory.since[hold] as number) <= now)) {
    memory.since[hold] = now;
    memory.noteChange(tables.holdRule[hold] as number);
  }
  const due = (memory.since[hold] as number) + (tables.holdMs[hold] as number);
  if (now >= due) return TRUE; // its timer was popped, or stopped while the condition was unknown
  memory.timers.start(hold, due);
  return FALSE;
}
