import { commonOperations } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { httpClient } from "@jx/runtime";
import { MAX_PEER_TEXT, PEER_TIMEOUT_MS, PeerAnswers, type PeerDeps, type Unanswered } from "./peer-answers.ts";

/** What GET /version of a peer says. */
export interface PeerVersion {
  readonly version: string;
  readonly jxVersion?: string;
}

/** A peer's version changes with a new start of it, which is rare; one that did not answer is asked again sooner. */
const REMEMBERED = { knownMs: 60_000, unknownMs: 10_000 };

export function peerVersions(deps: PeerDeps): PeerAnswers<PeerVersion> {
  return new PeerAnswers<PeerVersion>(REMEMBERED, deps, (address) => ask(address, deps.newId));
}

async function ask(address: string, newId: () => string): Promise<PeerVersion | Unanswered> {
  const options = { baseUrl: `${address}/api/v3`, timeoutMs: PEER_TIMEOUT_MS, newId };
  try {
    const answer: Readonly<Record<string, unknown>> = await httpClient(commonOperations, options).version({});
    const { version, jxVersion } = answer;
    if (typeof version !== "string") return { problem: "GET /version: there is no version in the answer" };
    const cut = version.slice(0, MAX_PEER_TEXT);
    return typeof jxVersion === "string"
      ? { version: cut, jxVersion: jxVersion.slice(0, MAX_PEER_TEXT) }
      : { version: cut };
  } catch (error) {
    return { problem: messageOf(error).slice(0, MAX_PEER_TEXT) };
  }
}
