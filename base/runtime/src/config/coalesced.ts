/**
 * Runs `work` after each call, at most one at a time: calls during a run lead to one more, however many there were. For
 * work that looks at everything anew, such as reading a configuration of which a hundred keys have just changed.
 */
export function coalesced(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}
