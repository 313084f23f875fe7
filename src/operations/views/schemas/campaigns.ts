// Campaigns as the dashboard shows them: state, figures with their counts, why nothing is dialed, and what happened when.

import { z } from "zod";
import { SOURCES } from "../../../kernel/index.ts";
import { FAILOVER_PHASES } from "../../campaigns/failover/state.ts";
import { count, covers, knownPart, pageOf, pairWords, share, time } from "./common.ts";
import { workload, workloadInShort } from "./workload.ts";

/** A calling window of the list's contacts in one zone. */
export const windowState = z
  .strictObject({
    zone: z.string().describe("IANA time zone"),
    open: z.boolean(),
    /** When it closes, if open, or opens, if closed; null when not within the days looked at. */
    changesAt: time.nullable(),
    contacts: count.nullable().describe("Contacts of the list there; null when not counted"),
    openContacts: count.describe(
      "Of these, contacts whose window is open: rules of a state or a campaign may differ within a zone",
    ),
  })
  .meta({ id: "WindowState" });
export type WindowState = z.output<typeof windowState>;

/** Abandoned calls as a share of live answers, with an interval over the operator's days. */
const abandonmentRate = share
  .extend({
    low: z.number().nullable(),
    high: z.number().nullable().describe("low and high: the interval over days at `confidence`; null where `withheld` says why"),
    days: count.describe("Days with live answers"),
    withheld: z.enum(["too few days"]).nullable().describe("Why there is no interval; null when there is one"),
  })
  .meta({ id: "AbandonmentRate" });

/** The abandonment budget according to the imported calls; without a live answer among them it is not known. */
export const abandonmentBudget = z
  .strictObject({
    rule: z.string().describe("Id of the rule that sets the limit"),
    jurisdiction: z.string(),
    limit: z.number().describe("Largest share of live answers, such as 0.03"),
    windowHours: z.number().describe("Length of the limit's window, hours: 720 is 30 days"),
    rate: abandonmentRate,
    used: z
      .number()
      .nullable()
      .describe(
        "Abandoned calls as a share of those the limit allows: 1 is all of them; null where the limit allows none, and where nothing is known",
      ),
    left: z.number().nullable().describe("How many more may be abandoned until `until`; null where nothing is known"),
    until: time,
    /** Recent pace over the limit: above 1 the budget is being used up; null without recent answers. */
    burnRate: z.number().nullable(),
    exhaustedAt: time.nullable(),
    withinLimit: z
      .boolean()
      .nullable()
      .describe(
        "Null where nothing is known: no live answer is known of the window, or calls are being imported and what is still to come may change it",
      ),
    by: z
      .enum(["imports", "tenant"])
      .describe("Whose count it is: of the imported calls, or of the tenant, whichever has more abandoned calls"),
    importing: z
      .strictObject({
        since: time,
        overBy: z
          .int()
          .nullable()
          .describe("Abandoned calls above the limit at least, whatever comes; null where that is not certain"),
      })
      .nullable()
      .describe("Calls are being imported"),
  })
  .meta({ id: "AbandonmentBudget" });
export type AbandonmentBudget = z.output<typeof abandonmentBudget>;

/** Why a campaign does not dial, or why that is not known, as text; the cause to fix first comes first. */
const notDialing = z
  .strictObject({
    first: z.string(),
    all: z.array(z.strictObject({ code: z.string(), text: z.string() })).readonly(),
  })
  .meta({ id: "NotDialing", description: "Why it does not dial, or why that is not known; null while it dials" });

/** The source of the figures. */
const figuresFrom = z
  .strictObject({
    source: z.enum(["pull", "push"]).describe("pull: the tenant was asked. push: its event brought them"),
    at: time.nullable().describe("When the tenant computed them; null: it does not say"),
    ageSeconds: z.number().describe("At the time of this answer"),
    successRate: z.number().nullable().describe("As the tenant gave it; without counts it is no evidence of anything"),
    of: z
      .enum(["decided", "answered"])
      .nullable()
      .describe("What the calls are that successes are counted among; null when the tenant gives no counts"),
  })
  .meta({ id: "FiguresFrom" });

/** A campaign as lists show it: state, figures, pair, and why it does not dial. */
export const campaignSummary = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    status: z.string().nullable().describe("As the vendor says it; null: not read yet"),
    activeCalls: count.nullable(),
    successRate: share.nullable().describe("Null when there are no figures; its rate is null when there are no calls"),
    windowMinutes: z
      .number()
      .nullable()
      .describe("What the success rate is measured over: of a watched campaign, the window of the watch"),
    threshold: z.number().nullable().describe("The watch over it hands over below this success rate; null without a watch"),
    figures: figuresFrom.nullable().describe("Null when there are none"),
    abandonment: abandonmentBudget.nullable(),
    windows: z.array(windowState).readonly(),
    dialing: z
      .boolean()
      .nullable()
      .describe("Whether it dials; null: not known, what would show it was not read yet, could not be, or is old"),
    /** Null while it dials. */
    notDialing: notDialing.nullable(),
    lastDialing: z
      .strictObject({ value: z.boolean().nullable(), at: time.nullable(), from: z.enum(SOURCES) })
      .describe("Whether it dialed when its figures were last read, however old they are"),
    mayDial: z
      .strictObject({
        verdict: z.enum(["ok", "not_ok", "unknown"]),
        why: z.array(z.string()).readonly().describe("Why it must not, such as outside hours"),
        atAnyHour: z.boolean().describe("Something forbids its calls whatever the hour, such as registry data that is too old"),
      })
      .describe("Whether it may dial, by the latest look of the gate; unknown: not looked at yet"),
    failover: z
      .strictObject({
        role: z.enum(["primary", "backup"]),
        partner: z.string(),
        phase: z.enum(FAILOVER_PHASES),
        ...pairWords,
        triggered: z.boolean().describe("The pair hands over, or the backup has taken over; false when it was halted"),
      })
      .nullable(),
    workload: workloadInShort,
    lastMetricAt: time.nullable(),
    known: z.strictObject({
      status: knownPart.describe("Of name and status"),
      figures: knownPart.describe(
        "Of active calls and success rate: when they came; lastMetricAt is the vendor's own time. why: also of figures that are older than five minutes, from which nothing is concluded",
      ),
      windows: knownPart
        .extend({ covers: covers.nullable().describe("Contacts of the list that were looked at; null when there was no look") })
        .describe("Of calling windows, abandonment budget, and who may be called"),
    }),
  })
  .meta({ id: "CampaignSummary" });
export type CampaignSummary = z.output<typeof campaignSummary>;

/** All campaigns as they were last read from the tenant. */
export const campaignList = pageOf(campaignSummary)
  .extend({
    known: knownPart.describe("Of the list: while nothing is known of it, items says nothing"),
  })
  .meta({ id: "CampaignList" });
export type CampaignList = z.output<typeof campaignList>;

/** The campaigns by name. */
export const campaignNames = pageOf(z.strictObject({ id: z.string(), name: z.string() })).meta({ id: "CampaignNames" });
export type CampaignNames = z.output<typeof campaignNames>;

/** One reading on the time axis. Null where the vendor gave no value. */
export const metricPoint = z
  .strictObject({
    at: time,
    successRate: z.number().nullable().describe("Null also when no call was decided"),
    successes: count.nullable(),
    calls: count.nullable().describe("What the successes are counted among"),
    low: z.number().nullable(),
    high: z
      .number()
      .nullable()
      .describe("low and high: the evidence band, a 95 % score interval that takes the calls of the window as independent"),
    abandonmentRate: z.number().nullable().describe("Null also when no call was answered"),
    activeCalls: count.nullable(),
    agents: count.nullable().describe("Agents logged in; null where the tenant does not tell them"),
  })
  .meta({ id: "MetricPoint" });
export type MetricPoint = z.output<typeof metricPoint>;

/** Something that happened, on the same time axis as the figures. */
export const axisEvent = z
  .strictObject({
    at: time,
    kind: z.enum(["settings", "failover", "paused", "resumed", "alarm", "applied"]),
    text: z.string(),
    actor: z.string().nullable(),
    /** Entry of the audit log about it; null when there is none. */
    audit: count.nullable(),
  })
  .meta({ id: "AxisEvent" });
export type AxisEvent = z.output<typeof axisEvent>;

/** What the pre-dial gate found last; it permits nothing, and whether the campaign may dial now is in `mayDial`. */
export const gateLook = z
  .strictObject({
    at: time,
    refusals: z.array(z.strictObject({ code: z.string(), text: z.string() })).readonly(),
    judged: z
      .strictObject({
        covers: covers.describe("Contacts judged, from the beginning of the list, of those on it"),
        callable: count,
        later: count,
        never: count.describe("With those that could not be read"),
      })
      .nullable()
      .describe("Null when no contact was judged"),
    onCompanyList: count.nullable().describe("Judged contacts on the company's do-not-call list; null: not counted"),
    nextAllowed: time.nullable().describe("When the first contact that waits may be called"),
  })
  .meta({ id: "GateLook" });
export type GateLook = z.output<typeof gateLook>;

/**
 * A campaign with the work that is left in it, the gate's answer and its dialer's settings, as `outdial campaign status` shows
 * it.
 */
export const campaignStatus = campaignSummary
  .extend({
    workloadDetail: workload,
    gate: gateLook.nullable().describe("Null when it could not be asked, or was not yet"),
    dialer: z.record(z.string(), z.number()).nullable().describe("Dialer settings in the campaign's document; null: not read"),
  })
  .meta({ id: "CampaignStatus" });
export type CampaignStatus = z.output<typeof campaignStatus>;

/** Campaigns with everything that `outdial campaign status` shows. */
export const campaignStatusList = campaignList
  .extend({ items: z.array(campaignStatus).readonly() })
  .meta({ id: "CampaignStatusList" });
export type CampaignStatusList = z.output<typeof campaignStatusList>;

/** A campaign with its series of figures and events. */
export const campaignDetail = campaignStatus
  .extend({
    abandonmentLimit: z.number(),
    series: z.array(metricPoint).readonly(),
    earlier: z.array(metricPoint).readonly().nullable().describe("Of the same hours some days before; null: not asked for"),
    events: z.array(axisEvent).readonly(),
    /** The vendor's configuration of the campaign, for people; JSON. */
    configuration: z.record(z.string(), z.unknown()).nullable().describe("Null: not read yet"),
    known: campaignSummary.shape.known.extend({ configuration: knownPart }),
  })
  .meta({ id: "CampaignDetail" });
export type CampaignDetail = z.output<typeof campaignDetail>;

/** The documented health view; what is not known is null. */
export const healthView = z
  .strictObject({
    campaign_id: z.string(),
    status: z.string(),
    active_calls: z.number().nullable().describe("null: not known"),
    success_rate: z.number().nullable().describe("null: not known, or of no call"),
    failover_triggered: z.boolean().nullable().describe("null: not known; no pair, and the tenant does not say"),
    last_metric_update: z.string().nullable().describe("ISO 8601; null before the first reading"),
  })
  .meta({ id: "Health" });
export type HealthView = z.output<typeof healthView>;
