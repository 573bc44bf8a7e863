/** Gives a function that runs one change at a time: what a change checked still holds when it commits. */
export function serial(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const run = last.then(change, change);
    last = run.catch(() => undefined);
    return run;
  };
}
