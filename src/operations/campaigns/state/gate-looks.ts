// What the pre-dial gate would answer for a campaign, fast enough for a person who waits: it judges only the beginning of the
// list, or uses a recent answer.

import type { CallOptions, CampaignRunner } from "../../../tenant/port.ts";
import type { CampaignGate, CampaignGateVerdict } from "./gate.ts";

/** Number of contacts that are judged: two pages and the campaign itself take two seconds of the tenant's smallest budget. */
export const LOOK_CONTACTS = 200;
/** How long a look without refusals is reused, ms, unless a window opens or closes, or the company's list gets another number. */
const GOOD_MS = 5 * 60_000;

/** A person waits for it. */
const CALL: CallOptions = { lane: "pacing" };

/** Looks of the gate, kept for a short time. None of them permits anything. */
export class GateLooks {
  readonly #gate: CampaignGate;
  readonly #runner: Pick<CampaignRunner, "status">;
  readonly #now: () => number;
  readonly #elsewhere: (id: string) => CampaignGateVerdict | null;
  readonly #isHeld: () => boolean;
  readonly #lastSuppression: () => Promise<number>;
  readonly #known = new Map<string, CampaignGateVerdict>();

  /**
   * @param elsewhere the last look that was made for another reason
   * @param isHeld whether the store was set back: then earlier looks are worthless
   * @param lastSuppression the latest entry of the company's list
   */
  constructor(
    gate: CampaignGate,
    runner: Pick<CampaignRunner, "status">,
    now: () => number,
    elsewhere: (id: string) => CampaignGateVerdict | null,
    isHeld: () => boolean,
    lastSuppression: () => Promise<number>,
  ) {
    this.#gate = gate;
    this.#runner = runner;
    this.#now = now;
    this.#elsewhere = elsewhere;
    this.#isHeld = isHeld;
    this.#lastSuppression = lastSuppression;
  }

  /** A look with refusals is always repeated, because somebody may just have fixed the cause. Throws TenantError, StoreError. */
  async look(id: string): Promise<CampaignGateVerdict> {
    const last = await this.#lastSuppression();
    const known = [this.#known.get(id), this.#elsewhere(id)].find((one) => one?.suppressions === last && this.#isGood(one));
    if (known) {
      const { status, contactListId } = await this.#runner.status(id, CALL);
      if (status === known.campaign.status && (contactListId || null) === known.campaign.listId) return known;
    }
    const verdict = await this.#gate(id, { most: LOOK_CONTACTS, keep: false, call: CALL });
    this.#known.set(id, verdict);
    return verdict;
  }

  #isGood({ allowed, at, windows }: CampaignGateVerdict): boolean {
    const now = this.#now();
    const turned = windows
      .flatMap(({ until, opens }) => [until, opens])
      .some((turn) => turn !== null && turn > at && turn <= now);
    return allowed && !this.#isHeld() && !turned && now - at < GOOD_MS;
  }
}
