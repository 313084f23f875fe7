// The health of a campaign from stored data: what any process last read from the tenant, with the time of each part. Pure, without requests.

import { z } from "zod";
import { agoOf, canonicalJson, type Instant, type Known, measured, type RateInterval } from "../../../kernel/index.ts";
import type { KnownCampaign, MadeChange, MetricReading, ReadingProblem, TenantReading } from "../../../store/index.ts";
import type { BudgetFigures, RuleReading } from "../../compliance/index.ts";
import { dncReading, unheldWords } from "../../tenant-dnc/reading.ts";
import type { FailoverStanding } from "../failover/words.ts";
import { ageOf, type CampaignReading, readingOf, STALE_MS, successInterval } from "../metrics/index.ts";
import { type CampaignFacts, type CampaignGateVerdict, campaignFacts, type ZoneWindow } from "../state/index.ts";
import { type WorkloadFacts, workloadFacts } from "../workload/facts.ts";
import {
  type AskProblem,
  coversOf,
  type DialingFacts,
  type KnownGateLook,
  type MayDial,
  mayDialBy,
  type NotDialing,
  whyNotDialing,
} from "./why.ts";

/** The health of a campaign from stored data. */
export interface KnownHealth extends HealthFacts, Judged {
  readonly id: string;
  /** The moment that it is of. */
  readonly at: Instant;
  readonly name: string;
  /** The latest figures over the window that all campaigns have; `reading` is over the watch's own, where one is. */
  readonly recent: CampaignReading | null;
  /** A person said that it is gone. */
  readonly isGone: boolean;
  /** Since when the tenant's list lacks it; null while it does not. It may dial all the same. */
  readonly lackingSince: Instant | null;
  /** The latest known status in the tenant's word; null when none is known. */
  readonly status: string | null;
  /** Null when the gate was not asked, or no limit binds where the contacts are. */
  readonly abandonment: KnownBudget | null;
  /** The vendor's document; null when it was never read. */
  readonly document: Readonly<Record<string, unknown>> | null;
  /** What work is left; null when it was never read. */
  readonly workload: WorkloadFacts | null;
  /** Why the latest attempt to read it failed. */
  readonly workloadProblem: AskProblem | null;
  /**
   * Set when the campaign dials and no group of the tenant blocks some numbers of the company's do-not-call list: a sentence, and
   * when that was read.
   */
  readonly unheld: { readonly words: string; readonly at: Instant; readonly since: Instant } | null;
  /** Highest number of agents in the dialer settings that were read; null when none were. */
  readonly mostAgents: number | null;
  /** When each part was read; null: never. */
  readonly readAt: {
    readonly status: Instant | null;
    readonly document: Instant | null;
    readonly figures: Instant | null;
    readonly gate: Instant | null;
    /** Whether the tenant's do-not-call groups hold back the company's list. Undefined: nobody looks, as no group is configured. */
    readonly doNotCall?: Instant | null | undefined;
  };
  /** Why the latest attempt to read the document, the figures or the gate failed: the data shown is older. */
  readonly failed: (ReadingProblem & { readonly at: Instant }) | null;
}

/** The abandonment budget in the stored form. */
interface KnownBudget extends Omit<AbandonmentBudget, "reading"> {
  readonly reading: BudgetFigures;
}

/** What is stored of a campaign. */
interface KnownParts {
  readonly id: string;
  /** Undefined when it was in no list. */
  readonly listed: KnownCampaign | undefined;
  readonly document: TenantReading | undefined;
  readonly figures: TenantReading | undefined;
  readonly gate: TenantReading | undefined;
  readonly workload: TenantReading | undefined;
  readonly doNotCall: TenantReading | undefined;
  /** When that was looked at for all campaigns that dial; undefined when it never was. */
  readonly doNotCallCheck?: TenantReading | undefined;
  /** The dialer settings: the campaign's own, or those of the tenant. */
  readonly dialer: TenantReading | undefined;
  /** Its latest readings. */
  readonly readings: readonly MetricReading[];
  readonly failover: FailoverStanding | null;
  readonly lastChange: MadeChange | null;
  /** What figures are wanted over, minutes; by default the window of the watch over it, else 30. */
  readonly windowMinutes?: number | undefined;
}

/** The window of the figures that are shown of a campaign that no watch is over, minutes. */
export const SHOWN_WINDOW_MINUTES = 30;

const instant = z.number();
const orNaN = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const keptDocument = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  status: z.string(),
  contactListId: z.string().optional(),
});

/** A stored document; undefined when it has not the form of one. */
export function keptDocumentOf(value: unknown): z.output<typeof keptDocument> | undefined {
  const read = keptDocument.safeParse(value);
  return read.success ? read.data : undefined;
}

const keptSettings = z.object({
  settings: z.object({ concurrency: z.object({ max_agents: z.int().min(0) }) }),
});

const keptLook = z.object({
  /** Key of the campaign facts that the look was made for. */
  of: z.string(),
  look: z.object({
    at: instant,
    refusals: z.array(
      z.object({
        code: z.enum([
          "audit_set_back",
          "clock_off",
          "no_contact_list",
          "list_empty",
          "list_shrunk",
          "rules_unreadable",
          "no_company_list",
          "stale_compliance_data",
          "abandonment_budget",
          "outside_hours",
          "nobody_callable",
        ]),
        text: z.string(),
      }),
    ),
    windows: z.array(
      z.object({
        zone: z.string(),
        contacts: z.number(),
        open: z.number(),
        closes: instant.nullable().default(null),
        until: instant.nullable(),
        opens: instant.nullable(),
        opened: instant.nullable().default(null),
        // Missing in looks that were stored by earlier versions.
        closed: instant.nullable().default(null),
      }),
    ),
    // Missing in looks that were stored by earlier versions: then one clock for all, which permits less.
    hoursOf: z.enum(["campaign", "called"]).default("campaign"),
    from: z.enum(["measured", "assumed"]).default("measured"),
    nextAllowed: instant.nullable(),
    // Missing in looks that were stored by earlier versions.
    onCompanyList: z.number().nullable().default(null),
    calling: z.array(z.object({ from: instant, to: instant })).default([]),
    covers: z.object({ known: z.number(), of: z.number().nullable() }),
    manifest: z
      .object({
        input: z.object({ contacts: z.number() }),
        counts: z.object({ dial: z.number(), later: z.number(), never: z.number(), refused: z.number() }),
        byReason: z.array(
          z.object({
            reason: z.string(),
            verdict: z.enum(["later", "never"]),
            contacts: z.number(),
            from: z.string().optional(),
            to: z.string().optional(),
          }),
        ),
      })
      .nullable(),
  }),
  budget: z
    .object({
      rule: z.string(),
      jurisdiction: z.string(),
      abandoned: z.number(),
      live: z.number(),
      allowed: z.number(),
      used: z.number().nullable(),
      reading: z.object({
        // Missing in looks that were stored by earlier versions; most limits cover 30 days.
        limit: z.object({ maxRate: z.number(), windowHours: z.number().default(720) }),
        rate: z.object({
          rate: orNaN,
          low: z.number().nullable(),
          high: z.number().nullable(),
          numerator: z.number(),
          denominator: z.number(),
          confidence: z.number(),
          days: z.number(),
          withheld: z.enum(["too few days"]).nullable(),
        }),
        allowance: z.object({ certain: z.number(), until: instant }),
        pace: z.object({ burnRate: orNaN }),
        forecast: z.object({ exhaustedAt: instant.nullable() }),
        withinLimit: z.boolean().nullable(),
        by: z.enum(["imports", "tenant"]).default("imports"),
        importing: z.object({ since: instant, overBy: z.number().nullable(), withinSoFar: z.boolean() }).nullable().default(null),
        live: z.number(),
        abandoned: z.number(),
      }),
    })
    .nullable(),
});

/**
 * The part of a gate's look that is stored; JSON. Where the tenant gave far fewer contacts than are known, or no list, what the look before it saw of the
 * people stays, with its time: an answer that lacks them does not say that their windows are other ones.
 * @param before the look that is stored
 */
export function keptLookOf(
  verdict: CampaignGateVerdict,
  from: KnownGateLook["from"],
  before?: unknown,
): z.output<typeof keptLook> {
  const budget = budgetOf(verdict.abandonment);
  const { campaign, manifest } = verdict;
  // Only the fields of the schema are stored: contacts' hashes and the rest of the ledger are not shown.
  const mine = keptLook.parse(
    JSON.parse(JSON.stringify({ of: keyOf(campaign), look: { ...verdict, from, covers: coversOf(verdict) }, budget })),
  );
  const lacks = manifest === null || verdict.refusals.some(({ code }) => code === "list_shrunk");
  const known = lacks ? keptLook.safeParse(before).data : undefined;
  const isSame = known !== undefined && ofList(known.of) === ofList(mine.of);
  if (!isSame || known.look.windows.length === 0 || (known.look.from === "assumed" && from === "measured")) return mine;
  const { at, covers } = known.look;
  const { refusals } = mine.look;
  return {
    ...mine,
    look: { ...known.look, at: Math.min(at, mine.look.at), refusals, covers: { ...covers, of: null } },
    // The limits that bind are those where the contacts are.
    budget: mine.budget ?? known.budget,
  };
}

/** What a stored look was made for, whatever the state of the campaign was. */
const ofList = (of: string): string => canonicalJson({ ...(JSON.parse(of) as object), status: null });

/** Whether a stored look was made for the campaign as its document is now; otherwise a new look is needed. */
export function lookFits(id: string, document: unknown, look: unknown): boolean {
  const read = keptDocument.safeParse(document);
  const kept = keptLook.safeParse(look);
  return read.success && kept.success && kept.data.of === keyOf(campaignFacts(id, read.data));
}

/** Whether a stored look was made before the campaign's own document was read. */
export const isAssumed = (look: unknown): boolean => keptLook.safeParse(look).data?.look.from === "assumed";

/** When a look becomes invalid because a window opens or closes; null when none does. */
export function lookGoodUntil({ at, windows }: Pick<CampaignGateVerdict, "at" | "windows">): Instant | null {
  const turns = windows.flatMap(({ closes, until, opens }) => [closes ?? until ?? [], opens ?? []].flat());
  const next = turns.filter((turn) => turn > at);
  return next.length === 0 ? null : Math.min(...next);
}

const keyOf = ({ id, status, listId, policy, policyProblem }: CampaignFacts): string =>
  canonicalJson({ id, status, listId, policy: policy ?? null, policyProblem: policyProblem ?? null });

/** The health that follows from stored data at a moment. Stored JSON without the expected form counts as never read. */
export function knownHealth(parts: KnownParts, now: Instant): KnownHealth {
  const { id, listed, document, figures, gate, failover, lastChange } = parts;
  const read = keptDocument.safeParse(document?.value);
  const kept = keptLook.safeParse(gate?.value);
  const work = workloadFacts.safeParse(parts.workload?.value);
  const facts = read.success ? campaignFacts(id, read.data) : undefined;
  const documentAt = read.success ? (document?.readAt ?? null) : null;
  const isListed = listed !== undefined && (documentAt === null || listed.statusAt >= documentAt);
  const status = isListed ? listed.status : (facts?.status ?? null);
  const reading = latestOf(parts.readings, parts.windowMinutes ?? failover?.windowMinutes ?? SHOWN_WINDOW_MINUTES);
  const recent = latestOf(parts.readings, SHOWN_WINDOW_MINUTES);
  const problems = [document, figures, gate].flatMap((one) =>
    one?.problem && one.triedAt !== null ? [{ ...one.problem, at: one.triedAt }] : [],
  );
  if (listed !== undefined && listed.lackingSince !== null)
    problems.push({ ...NOT_LISTED, at: listed.lackingSince, since: listed.lackingSince });
  const health = judged(
    {
      id,
      at: now,
      campaign: status === null ? null : { queueId: facts?.queueId ?? null, dialer: facts?.dialer ?? null, status },
      campaignProblem: document?.problem ?? null,
      reading,
      // A later reading from another source, such as the vendor's event, replaces the one that failed.
      readingProblem: (reading?.receivedAt ?? 0) > (figures?.triedAt ?? 0) ? null : (figures?.problem ?? null),
      gate: kept.success ? kept.data.look : null,
      gateProblem: gate?.problem ?? null,
      abandonment: kept.success ? kept.data.budget : null,
      failover,
      lastChange,
    },
    now,
    { statusAt: isListed ? listed.statusAt : documentAt, figuresAt: figures?.readAt ?? null },
  );
  return {
    ...health,
    recent,
    name: (isListed ? listed.name : undefined) ?? facts?.name ?? listed?.name ?? id,
    isGone: listed !== undefined && listed.goneAt !== null,
    lackingSince: listed?.lackingSince ?? null,
    status,
    document: read.success ? read.data : null,
    workload: work.success ? work.data : null,
    workloadProblem: parts.workload?.problem ?? null,
    unheld: status === "active" ? unheldOf(parts.doNotCall) : null,
    mostAgents: mostAgentsOf(parts.dialer),
    readAt: {
      status: isListed ? listed.statusAt : documentAt,
      document: documentAt,
      figures: reading?.receivedAt ?? null,
      gate: kept.success ? kept.data.look.at : null,
      doNotCall: parts.doNotCallCheck && (parts.doNotCall?.readAt ?? null),
    },
    failed: problems.toSorted((a, b) => b.at - a.at)[0] ?? null,
  };
}

/** Why the state of a campaign that the tenant's list lacks is of before. */
export const NOT_LISTED: AskProblem = { code: "not_listed", message: "the tenant's list of campaigns lacks it" };

function unheldOf(reading: TenantReading | undefined): KnownHealth["unheld"] {
  const read = dncReading.safeParse(reading?.value);
  const at = reading?.readAt ?? null;
  if (!read.success || at === null || read.data.missing === 0) return null;
  return { words: unheldWords(read.data), at, since: read.data.since ?? at };
}

/** Highest number of agents in a reading of the dialer settings; null when it has none. */
function mostAgentsOf(dialer: TenantReading | undefined): number | null {
  const settings = keptSettings.safeParse(dialer?.value);
  return settings.success ? settings.data.settings.concurrency.max_agents : null;
}

/**
 * The latest reading over a window, else over any. The calls under way come from the latest reading of all, because they
 * do not depend on the window.
 */
function latestOf(readings: readonly MetricReading[], window: number): CampaignReading | null {
  const timeOf = ({ at, receivedAt }: MetricReading) => at ?? receivedAt;
  const sorted = readings.toSorted((a, b) => timeOf(b) - timeOf(a));
  const over = (minutes: number) => sorted.find(({ windowMinutes }) => windowMinutes === minutes);
  const [newest] = sorted;
  const asked = over(window);
  // A watch that no longer reads does not hide what is known of later.
  const isOld = window !== SHOWN_WINDOW_MINUTES && newest && asked && timeOf(newest) - timeOf(asked) > STALE_MS;
  const shown = (isOld === true ? undefined : asked) ?? over(SHOWN_WINDOW_MINUTES) ?? newest;
  if (shown === undefined) return null;
  return { ...readingOf(shown), activeCalls: sorted[0]?.activeCalls ?? shown.activeCalls };
}

// The health of a campaign at one moment: state, figures with their counts, abandonment budget, windows, failover, and why it does not dial.

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

/** The facts from which the rest of a campaign's health follows. */
interface HealthFacts {
  readonly campaign: DialingFacts["campaign"];
  readonly campaignProblem: AskProblem | null;
  /** The figures; the last known ones when the vendor cannot be asked. */
  readonly reading: CampaignReading | null;
  readonly readingProblem: AskProblem | null;
  /** The pre-dial gate's last look; it permits nothing. */
  readonly gate: KnownGateLook | null;
  readonly gateProblem: AskProblem | null;
  readonly failover: FailoverStanding | null;
  readonly lastChange: MadeChange | null;
}

/** What follows from them. */
interface Judged {
  /** The success rate, n of N with its 95 % score interval; null when the tenant gives no counts. */
  readonly success: RateInterval | null;
  /** Age of the figures, ms. */
  readonly ageMs: number | null;
  readonly stale: boolean;
  readonly windows: readonly ZoneWindow[];
  /** Whose clock the tenant's calling hours are about, by the gate's look; null without one. */
  readonly hoursOf: KnownGateLook["hoursOf"] | null;
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
 * What follows from the facts at a moment.
 * @param statusAt when the tenant last told its status; @param figuresAt and figures; null: never
 */
function judged<Given extends HealthFacts>(
  facts: Given,
  now: Instant,
  { statusAt, figuresAt }: { readonly statusAt: Instant | null; readonly figuresAt: Instant | null },
): Given & Judged {
  const { campaign, campaignProblem, reading, readingProblem, gate, gateProblem, failover, lastChange } = facts;
  const ageMs = reading === null ? null : ageOf(reading, now);
  const stale = reading === null || readingProblem !== null || (ageMs ?? 0) > STALE_MS;
  const readAt = Math.max(reading?.receivedAt ?? Number.NEGATIVE_INFINITY, figuresAt ?? Number.NEGATIVE_INFINITY);
  const asked: DialingFacts = {
    campaign,
    campaignProblem,
    statusMs: statusAt === null || agoOf(statusAt, now) <= STALE_MS ? null : agoOf(statusAt, now),
    lastChange,
    failover,
    gate,
    gateProblem,
    figures: reading,
    figuresProblem: readingProblem,
    ageMs,
    readMs: reading === null ? null : agoOf(readAt, now),
    stale,
  };
  const why = whyNotDialing(asked);
  const seen = whyNotDialing({
    ...asked,
    campaignProblem: null,
    statusMs: null,
    gateProblem: null,
    figuresProblem: null,
    stale: false,
  });
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

/** The budget under the limit that is nearest to being used up. */
function budgetOf(readings: readonly RuleReading[]): AbandonmentBudget | null {
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
