// Outcome codes as words. A tenant numbers and names its codes; outdial uses the names, because numbers say nothing in reports.
// Outcomes that no agent decided have a code of the dialer's, for which a common word is used.

import { TenantError } from "../errors.ts";
import type { DispositionMatrixView } from "../views.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** Words for the dialer's own codes; the other codes are for agents. Source: pages of the vendor's help. */
const SYSTEM_WORDS: Readonly<Record<number, string>> = {
  1: "POSITIVE",
  2: "POSITIVE",
  3: "DO_NOT_CALL",
  4: "DO_NOT_CALL",
  5: "NEGATIVE",
  6: "OTHER",
  7: "CALLBACK_REQUESTED",
  8: "CALLBACK_REQUESTED",
  9: "CALLBACK_REQUESTED",
  10: "NOT_AVAILABLE",
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

/** What is known about a call's outcome. -1 and -4 are not codes: the call has not ended. */
interface OutcomeFacts {
  readonly primary: number | undefined;
  readonly abandoned: boolean | undefined;
  readonly agentCode: number | undefined;
  readonly agentCodeName: string | undefined;
  readonly systemClass: number | undefined;
  readonly names: ReadonlyMap<string, string>;
}

/** Classifications that mean "do not call again", whatever the agent's code is named. */
const DO_NOT_CALL: ReadonlySet<number> = new Set([3, 4]);
/** Outcomes below this were found by an agent and have the agent's code; from here on the dialer found them. */
const FIRST_OF_DIALER = 11;

/** The word for an outcome; undefined when there is none. */
export function wordOf({
  primary = 0,
  abandoned,
  agentCode = 0,
  agentCodeName,
  systemClass = 0,
  names,
}: OutcomeFacts): string | undefined {
  const system = SYSTEM_WORDS[systemClass];
  if (DO_NOT_CALL.has(systemClass)) return system;
  if (agentCode > 0) return names.get(String(agentCode)) ?? agentCodeName ?? SYSTEM_WORDS[agentCode] ?? String(agentCode);
  if (systemClass >= FIRST_OF_DIALER && system !== undefined) return system;
  const given = primary > 0 ? names.get(String(primary)) : undefined;
  if (given !== undefined) return given;
  if (abandoned === true) return "ABANDONED";
  return system ?? (primary > 0 ? (SYSTEM_WORDS[primary] ?? String(primary)) : undefined);
}

/** A call and the id of its code; 0 or less is none. */
interface CodedCall {
  readonly contactId: string | undefined;
  readonly code: number;
}

/** How often the names of the tenant's codes are read, ms. */
const NAMES_MS = 5 * 60_000;

/** Names of disposition codes by id, read from the tenant and cached. */
export class CodeNames {
  readonly #requester: AcdRequester;
  readonly #now: () => number;
  /** Names of codes that the tenant's list lacks, by id; undefined where nobody names them. */
  readonly #looked = new Map<string, string | undefined>();
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

  /**
   * The same, with the codes of these calls that the tenant's list lacks: one call with each is looked at by itself. Without its name an opt-out would be a number
   * among others.
   */
  async ofCalls(calls: readonly CodedCall[], options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    const names = new Map(await this.byId(options));
    for (const { contactId, code } of calls) {
      const id = String(code);
      if (code <= 0 || contactId === undefined || names.has(id) || SYSTEM_WORDS[code] !== undefined) continue;
      if (!this.#looked.has(id)) this.#looked.set(id, await this.#nameIn(contactId, code, options));
      const name = this.#looked.get(id);
      if (name !== undefined) names.set(id, name);
    }
    return names;
  }

  async #nameIn(contactId: string, code: number, options: AcdCallOptions): Promise<string | undefined> {
    try {
      const { reply } = await this.#requester.request("getContactDisposition", { ...options, path: { contactId } });
      return reply?.dispositionId === code ? (reply.dispositionName ?? undefined) : undefined;
    } catch (thrown) {
      if (thrown instanceof TenantError && (thrown.code === "not_found" || thrown.code === "conflict")) return undefined;
      throw thrown;
    }
  }

  async #read(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for await (const { dispositionId, dispositionName } of acdRows(this.#requester, "listDispositions", options))
      if (dispositionName !== undefined) names.set(dispositionId, dispositionName);
    return names;
  }

  /** The codes of a skill, with their classification. This API has no reasons under a code. */
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
