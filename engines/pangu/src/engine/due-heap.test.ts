import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DueHeap } from "./due-heap.ts";

test("gives the timers that still run, earliest first", () => {
  const command = fc.oneof(
    fc.record({ do: fc.constant("start" as const), timer: fc.nat(9), due: fc.nat(20) }),
    fc.record({ do: fc.constant("stop" as const), timer: fc.nat(9) }),
    fc.record({ do: fc.constant("pop" as const) }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const heap = new DueHeap(10);
      const model = new Map<number, number>();
      for (const step of commands) {
        if (step.do === "start") {
          heap.start(step.timer, step.due);
          model.set(step.timer, step.due);
        } else if (step.do === "stop") {
          heap.stop(step.timer);
          model.delete(step.timer);
        } else if (model.size > 0) {
          const timer = heap.pop();
          assert.equal(model.get(timer), Math.min(...model.values()));
          model.delete(timer);
        }
        assert.equal(heap.next, model.size === 0 ? undefined : Math.min(...model.values()));
        for (let timer = 0; timer < 10; timer++) assert.equal(heap.dueOf(timer), model.get(timer));
      }
    }),
  );
});
