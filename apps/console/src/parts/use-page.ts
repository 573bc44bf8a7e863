import { useSyncExternalStore } from "react";

export type Page = "work" | "system";

/** Where each page is; the address can be kept and sent. */
export const PAGE_LINKS: Readonly<Record<Page, string>> = { work: "#", system: "#system" };

/** The page that the address names. */
export function usePage(): Page {
  return useSyncExternalStore(listen, () => (location.hash === PAGE_LINKS.system ? "system" : "work"));
}

function listen(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
