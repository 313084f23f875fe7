// The health of a campaign at one moment: state, figures with their counts, abandonment budget, windows, failover, and why it does not dial.

import { type Clock, type Instant, isWithin, type Known, measured, messageOf, type RateInterval } from "../../../kernel/index.ts";
import type { MadeChange } from "../../../store/index.ts";
import { type CallOptions, type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import type { RuleReading } from "../../compliance/index.ts";
import type { FailoverStanding } from "../failover/words.ts";
import { ageOf, type CampaignMetrics, type CampaignReading, STALE_MS, successInterval } from "../metrics/index.ts";
import {
  type CampaignFacts,
  type CampaignGate,
  type CampaignGateVerdict,
  campaignFacts,
  type ZoneWindow,
} from "../state/index.ts";
import {
  type AskProblem,
  type DialingFacts,
  type GateLook,
  type MayDial,
  mayDialBy,
  type NotDialing,
  whyNotDialing,
} from "./why.ts";

/** Window of the figures, minutes, of a campaign that no watch is over. */
const WINDOW_MINUTES = 30;
/** How long a look of the gate is reused, ms, unless the campaign's state changes. */
const GATE_MS = 5 * 60_000;
/** Number of contacts of the list that are judged. */
const CONTACTS = 1_000;

/** What reading the health of campaigns needs. */
export interface HealthDeps {
  readonly runner: CampaignRunner;
  readonly metrics: Pick<CampaignMetrics, "read" | "latest">;
  readonly gate: CampaignGate;
  /** The last change of state that outdial made or began, however it was ordered. */
  readonly lastChange: (campaignId: string) => Promise<MadeChange | null>;
  /** The campaign's side and state in a failover pair. */
  readonly failover: (campaignId: string) => Promise<FailoverStanding | null>;
  readonly clock: Clock;
}

interface HealthOptions {
  readonly windowMinutes?: number | undefined;
  /** Number of contacts to judge; 1,000 by default. */
  readonly contacts?: number | undefined;
  readonly call?: CallOptions | undefined;
}

/** The abandonment budget under the limit that is nearest to being used up. */
export interface AbandonmentBudget {
  /** Id of the rule, and where it comes from. */
  readonly rule: string;
  readonly jurisdiction: string;
  readonly abandoned: number;
  readonly live: number;
  /** Abandoned calls that the limit allows for this number of live answers. */
  readonly allowed: number;
  /** Abandoned divided by allowed: above 1 the limit is broken; null without live answers, and when the limit allows none. */
  readonly used: number | null;
  readonly reading: RuleReading["reading"];
}

/** The health of a campaign. */
export interface CampaignHealth {
  readonly id: string;
  readonly at: Instant;
  readonly campaign: CampaignFacts | null;
  readonly campaignProblem: AskProblem | null;
  /** The figures; the last known ones when the vendor cannot be asked. */
  readonly reading: CampaignReading | null;
  readonly readingProblem: AskProblem | null;
  /** The success rate, n of N with its 95 % score interval; null when the tenant gives no counts. */
  readonly success: RateInterval | null;
  /** Age of the figures, ms. */
  readonly ageMs: number | null;
  readonly stale: boolean;
  /** Null when the gate could not be asked, or no limit binds where the contacts are. */
  readonly abandonment: AbandonmentBudget | null;
  readonly windows: readonly ZoneWindow[];
  /** Whose clock the tenant's calling hours are about, by the gate's look; null without one. */
  readonly hoursOf: CampaignGateVerdict["hoursOf"] | null;
  /** The pre-dial gate's verdict at this moment; it permits nothing. */
  readonly gate: (CampaignGateVerdict & Pick<GateLook, "from">) | null;
  readonly gateProblem: AskProblem | null;
  readonly failover: FailoverStanding | null;
  readonly lastChange: MadeChange | null;
  /** Whether it dials; null when that is not known. */
  readonly dialing: boolean | null;
  /** Why it does not dial, or why that is not known; null while it dials. */
  readonly notDialing: NotDialing | null;
  /** Whether it dialed when its figures were last read, however old they are and whatever failed since. */
  readonly lastDialing: Known<boolean>;
  /** Why it did not, then. */
  readonly lastNotDialing: NotDialing | null;
  /** Whether it may, by the latest look of the gate. */
  readonly mayDial: MayDial;
}

/**
 * Reads the health of campaigns. The gate's verdict is kept for five minutes, so that the health can be read every few seconds.
 */
export class HealthReader {
  readonly #deps: HealthDeps;
  readonly #gates = new Map<string, { readonly until: Instant; readonly key: string; readonly verdict: CampaignGateVerdict }>();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** What the tenant could not be asked is said in the answer. Throws StoreError, and TenantError `not_found` and `aborted`. */
  async read(id: string, { windowMinutes, contacts = CONTACTS, call }: HealthOptions = {}): Promise<CampaignHealth> {
    const { runner, metrics, failover, clock } = this.#deps;
    const standing = await failover(id);
    const minutes = windowMinutes ?? standing?.windowMinutes ?? WINDOW_MINUTES;
    const [document, figures, lastChange] = await Promise.all([
      asked(() => runner.status(id, call)),
      asked(() => metrics.read(id, minutes, call)),
      this.#deps.lastChange(id),
    ]);
    const campaign = document.value === null ? null : campaignFacts(id, document.value);
    const gate = campaign === null ? { value: null, problem: null } : await asked(() => this.#gate(campaign, contacts, call));
    return judged(
      {
        id,
        at: clock.now(),
        campaign,
        campaignProblem: document.problem,
        reading: figures.value ?? (await metrics.latest(id)) ?? null,
        readingProblem: figures.problem,
        gate: gate.value === null ? null : { ...gate.value, from: "measured" as const },
        gateProblem: gate.problem,
        abandonment: budgetOf(gate.value?.abandonment ?? []),
        failover: standing,
        lastChange,
      },
      clock.now(),
      figures.value === null ? null : clock.now(),
    );
  }

  async #gate(campaign: CampaignFacts, most: number, call: CallOptions | undefined): Promise<CampaignGateVerdict> {
    const { gate, clock } = this.#deps;
    const key = JSON.stringify([campaign, most]);
    const known = this.#gates.get(campaign.id);
    if (known !== undefined && known.key === key && isWithin(known.until - known.verdict.at, known.verdict.at, clock.now()))
      return known.verdict;
    const verdict = await gate(campaign.id, { most, keep: false, call });
    // At most until a window opens or closes.
    const turns = verdict.windows
      .flatMap(({ until, opens }) => [until, opens])
      .filter((turn) => turn !== null && turn > verdict.at);
    this.#gates.set(campaign.id, {
      key,
      verdict,
      until: Math.min(verdict.at + GATE_MS, ...turns.filter((turn) => turn !== null)),
    });
    return verdict;
  }
}

/** The facts from which the rest of a campaign's health follows. */
type Facts = Pick<
  CampaignHealth,
  "reading" | "readingProblem" | "campaignProblem" | "gateProblem" | "failover" | "lastChange"
> & {
  readonly campaign: DialingFacts["campaign"];
  readonly gate: GateLook | null;
};

/**
 * What follows from the facts at a moment.
 * @param figuresAt when the tenant last gave figures; null: never
 */
export function judged<Given extends Facts>(
  facts: Given,
  now: Instant,
  figuresAt: Instant | null,
): Given &
  Pick<
    CampaignHealth,
    | "success"
    | "ageMs"
    | "stale"
    | "windows"
    | "hoursOf"
    | "dialing"
    | "notDialing"
    | "lastDialing"
    | "lastNotDialing"
    | "mayDial"
  > {
  const { campaign, campaignProblem, reading, readingProblem, gate, gateProblem, failover, lastChange } = facts;
  const ageMs = reading === null ? null : ageOf(reading, now);
  const stale = reading === null || readingProblem !== null || (ageMs ?? 0) > STALE_MS;
  const readAt = Math.max(reading?.receivedAt ?? Number.NEGATIVE_INFINITY, figuresAt ?? Number.NEGATIVE_INFINITY);
  const asked: DialingFacts = {
    campaign,
    campaignProblem,
    lastChange,
    failover,
    gate,
    gateProblem,
    figures: reading,
    figuresProblem: readingProblem,
    ageMs,
    readMs: reading === null ? null : Math.max(0, now - readAt),
    stale,
  };
  const why = whyNotDialing(asked);
  const seen = whyNotDialing({ ...asked, campaignProblem: null, gateProblem: null, figuresProblem: null, stale: false });
  return {
    ...facts,
    success: reading === null ? null : (successInterval(reading) ?? null),
    ageMs,
    stale,
    windows: gate?.windows ?? [],
    hoursOf: gate?.hoursOf ?? null,
    dialing: why === null ? true : why.dials,
    notDialing: why,
    lastDialing: measured(seen === null ? true : seen.dials, reading === null ? null : readAt),
    lastNotDialing: seen,
    mayDial: mayDialBy(gate, now),
  };
}

/** The answer of the tenant, or why it could not be asked. */
async function asked<T>(ask: () => Promise<T>): Promise<{ readonly value: T | null; readonly problem: AskProblem | null }> {
  try {
    return { value: await ask(), problem: null };
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "not_found" || thrown.code === "aborted") throw thrown;
    return { value: null, problem: { code: thrown.code, message: messageOf(thrown) } };
  }
}

/** The budget under the limit that is nearest to being used up. */
export function budgetOf(readings: readonly RuleReading[]): AbandonmentBudget | null {
  const budgets = readings.map(({ rule, reading }) => {
    const { abandoned, live, limit } = reading;
    const allowed = limit.maxRate * live;
    return {
      rule: rule.id,
      jurisdiction: rule.jurisdiction,
      abandoned,
      live,
      allowed,
      used: allowed === 0 ? null : abandoned / allowed,
      reading,
    };
  });
  const place = ({ used, reading }: AbandonmentBudget) => used ?? (reading.withinLimit === false ? Number.POSITIVE_INFINITY : -1);
  return budgets.toSorted((a, b) => place(b) - place(a) || 0)[0] ?? null;
}
