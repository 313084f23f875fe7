// Codes of outcomes as words. A tenant numbers its codes and names them; the name stands for the code everywhere, because numbers say nothing in reports.
// What no agent decided has a code of the dialer's, and that a word that every report knows.

import type { DispositionMatrixView } from "../views.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** The dialer's own codes in words; the others are for agents. Source: pages of the vendor's help. */
const SYSTEM_WORDS: Readonly<Record<number, string>> = {
  3: "DO_NOT_CALL",
  4: "DO_NOT_CALL",
  11: "ANSWERING_MACHINE",
  12: "ANSWERING_MACHINE",
  13: "FAX",
  14: "ANSWERING_MACHINE",
  15: "BUSY",
  16: "NETWORK_ERROR",
  17: "FAX",
  18: "INVALID_NUMBER",
  19: "ANSWERING_MACHINE",
  20: "NO_ANSWER",
  21: "NUMBER_CHANGED",
  22: "DISCONNECTED",
  23: "NETWORK_BUSY",
  24: "ABANDONED",
  25: "ABANDONED_BY_AGENT",
  26: "SUPPRESSED",
  27: "SUPPRESSED",
};

/** What is known of a call's outcome; -1 and -4 are no codes: the call is in play. */
export interface OutcomeFacts {
  readonly primary: number | undefined;
  readonly abandoned: boolean | undefined;
  readonly agentCode: number | undefined;
  readonly agentCodeName: string | undefined;
  readonly systemClass: number | undefined;
  readonly names: ReadonlyMap<string, string>;
}

/** The word for an outcome; undefined when nobody says one. An agent's code goes before what the dialer found. */
export function wordOf({
  primary = 0,
  abandoned,
  agentCode = 0,
  agentCodeName,
  systemClass = 0,
  names,
}: OutcomeFacts): string | undefined {
  if (agentCode > 0) return names.get(String(agentCode)) ?? agentCodeName ?? SYSTEM_WORDS[agentCode] ?? String(agentCode);
  const system = SYSTEM_WORDS[systemClass];
  if (system !== undefined) return system;
  if (primary > 0) return names.get(String(primary)) ?? SYSTEM_WORDS[primary] ?? String(primary);
  return abandoned === true ? "ABANDONED" : undefined;
}

/** Names of the tenant's codes are asked so often, ms. */
const NAMES_MS = 5 * 60_000;

export class CodeNames {
  readonly #requester: AcdRequester;
  readonly #now: () => number;
  #held: { readonly until: number; readonly names: Promise<ReadonlyMap<string, string>> } | undefined;

  constructor(requester: AcdRequester, now: () => number) {
    this.#requester = requester;
    this.#now = now;
  }

  byId(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    const now = this.#now();
    if (this.#held === undefined || this.#held.until <= now || this.#held.until > now + NAMES_MS) {
      const names = this.#read(options);
      this.#held = { until: now + NAMES_MS, names };
      names.catch(() => (this.#held = undefined));
    }
    return this.#held.names;
  }

  async #read(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for await (const { dispositionId, dispositionName } of acdRows(this.#requester, "listDispositions", options))
      if (dispositionName !== undefined) names.set(dispositionId, dispositionName);
    return names;
  }

  /** The codes of a skill, with their class. There are no reasons under a code here. */
  async matrix(skillId: string, options: AcdCallOptions): Promise<DispositionMatrixView> {
    const { reply } = await this.#requester.request("listSkillDispositions", { ...options, path: { skillId } });
    return {
      dispositionCodes: (reply?.dispositions ?? []).map(({ dispositionId, dispositionName, ...more }) => ({
        ...more,
        id: dispositionName ?? dispositionId,
        name: dispositionName ?? dispositionId,
        dispositionId,
        reasonCodes: [],
      })),
    };
  }
}
