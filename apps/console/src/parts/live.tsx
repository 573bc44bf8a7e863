import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { call } from "../model/api.ts";
import type { FiringView, LiveState } from "../model/state.ts";
import { mergeFirings } from "../model/state.ts";
import type { Store } from "../model/store.ts";

const LiveContext = createContext<Store<LiveState> | undefined>(undefined);

/** Gives the live state to everything inside, and fills in what the stream does not repeat: older firings. */
export function LiveProvider({ store, children }: { readonly store: Store<LiveState>; readonly children: ReactNode }) {
  const sessions = useSyncExternalStore(store.subscribe, () => store.get().sessions);
  useEffect(() => {
    if (sessions === 0) return undefined;
    const abort = new AbortController();
    call<{ firings: readonly FiringView[] }>("/rules/api/v3/firing/all?limit=50", { signal: abort.signal }).then(
      ({ firings }) => {
        const asText = firings.map((firing) => ({ ...firing, time: String(firing.time) }));
        store.update((state) => ({ ...state, firings: mergeFirings(state.firings, asText) }));
      },
      () => {}, // Without the rules service there is no history of firings; the stream goes on.
    );
    return () => abort.abort();
  }, [store, sessions]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

/** One part of the live state; the component renders again when that part is another one. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** Renders again every second and gives the edge's time, ms since 1970, of now. */
export function useEdgeNow(): number {
  const { read } = useEdgeClock();
  return read();
}

/** `read` gives the edge's time of now, ms since 1970; `second` is another value every second. */
export function useEdgeClock(): { readonly second: number; readonly read: () => number } {
  const store = useStore();
  const [second, setSecond] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSecond((value) => value + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  const read = useCallback(() => Date.now() + store.get().clockOffset, [store]);
  return { second, read };
}

function useStore(): Store<LiveState> {
  const store = useContext(LiveContext);
  if (store === undefined) throw new Error("the live state is read outside LiveProvider");
  return store;
}
