// What about campaigns needs attention, with the cause that the readings show. Pure.

import { formatInstant } from "../../compliance/index.ts";
import {
  aggregate,
  agoOf,
  allHold,
  durationText,
  type Instant,
  type Known,
  measured,
  NOT_KNOWN,
  percent,
  type Verdict,
} from "../../kernel/index.ts";
import type { KnownHealth } from "../campaigns/health/known.ts";
import type { KnownList } from "../campaigns/health/known-campaigns.ts";
import { ABANDONMENT_LIMIT, type CauseCode, isPartOf, OUTSIDE_HOURS, OWN_HOURS, REST_OF_LIST } from "../campaigns/health/why.ts";
import { contactsClosed, hoursAt, wasOutside } from "../campaigns/state/index.ts";
import { SAY_GONE } from "../known/index.ts";
import type { Concern, TenantKnown } from "../views/schemas/attention.ts";
import type { MissingThing } from "../views/schemas/tenant.ts";
import { timeText } from "../views/texts.ts";

/** A concern, before adding what people said about it. */
export type Found = Omit<Concern, "key" | "acknowledged" | "owner" | "lastSeen" | "campaigns"> & {
  /** When the tenant showed it last; absent while what says so is fresh. */
  readonly lastSeen?: string | null | undefined;
  /** Of a campaign: what it is when several have it, for one item with all of them. Absent where each is a cause of its own. */
  readonly many?: string | undefined;
  /** Identifies this occurrence of the concern; null when it is not known. */
  readonly episode: string | null;
};

/** Most campaigns that one concern names. */
const MOST_NAMED = 20;
/** Share of the abandonment budget from which on it is a concern. */
const NEARLY = 0.8;

/** Causes that explain why an active campaign does not dial, and what to do about each. */
const CAUSES: Readonly<Partial<Record<CauseCode, readonly [cause: NonNullable<Concern["cause"]>, next: string]>>> = {
  not_authorised: ["tenant", "Renew the credentials or give the client the scopes; outdial doctor says which."],
  unreachable: ["tenant", "Check whether the tenant's API answers, for example with outdial doctor."],
  audit_set_back: ["gate", "Restore the right database, or accept this one: outdial audit accept-head --reason TEXT."],
  clock_off: ["gate", "Synchronise the clock of the machine that outdial runs on (NTP)."],
  rules_unreadable: ["gate", "Correct the rule pack: until then no gate lets anybody be called."],
  no_company_list: ["gate", "Load the company's do-not-call list, or declare it empty, under Compliance."],
  stale_compliance_data: ["gate", "Import a new registry file: outdial dnc import FILE --list national --as-of DATE."],
  abandonment_budget: ["abandonment", "Lower the pacing under Dialer before it dials again."],
  no_contact_list: ["list", "Give the campaign a contact list."],
  list_shrunk: ["list", `Look whether the list is right in the tenant's administration. ${SAY_GONE}.`],
  list_empty: ["list", "Load contacts into its list, or end the campaign."],
  nobody_callable: ["list", "Load contacts that may be called, or wait until the time that is shown."],
  dialer_settings: ["pacing", "Set the call rate and the calls in flight above 0."],
  no_agents: ["agents", "Make sure that agents are logged in to its queue and available."],
  no_lines: ["lines", "Make sure that lines are free: those of the tenant, of the campaign and of the carrier."],
  no_agents_or_lines: ["agents or lines", "Make sure that agents are logged in to its queue and that lines are free."],
};
/** Causes that are in order, or that are reported elsewhere. */
const QUIET: ReadonlySet<string> = new Set(["outside_hours", "paused_by_outdial", "paused_by_failover", "paused_elsewhere"]);
/** Causes that leave it open for as long as nothing is read again. */
const OLD: ReadonlySet<string> = new Set(["state_stale", "figures_stale"]);

interface CampaignEvidence {
  readonly list: KnownList;
  /** When calls were last under way or placed, by campaign. */
  readonly lastCalls: ReadonlyMap<string, Instant>;
  /** Since when the pair of a primary is in its phase. */
  readonly phaseSince: ReadonlyMap<string, Instant>;
  /** Since when its primary is not the one that dials in order, by primary: when the first hand-over began. */
  readonly awaySince: ReadonlyMap<string, Instant>;
  /** Since when calls have been under way, by campaign. */
  readonly callsSince: ReadonlyMap<string, Instant>;
}

/** Older figures are not known to be true any more, ms. */
const OLD_MS = 15 * 60_000;
const OF_LATE = " of the last 15 minutes";

/** What is not known of a campaign, in words; none when all is. */
function unknownOf(health: KnownHealth): readonly string[] {
  const { readAt, at, failed, windows, gate, ageMs, reading, abandonment, status, dialing } = health;
  const hasWindows = readAt.gate !== null && (windows.length === 0 || hoursFor({ ...health, gate: null }, at) !== "unknown");
  const missing = [
    ...(readAt.status === null ? ["states"] : []),
    ...(readAt.figures === null ? ["figures"] : (ageMs ?? 0) > OLD_MS ? [`figures${OF_LATE}`] : []),
    ...(reading !== null && reading.activeCalls === null ? ["calls under way"] : []),
    ...(hasWindows ? (gate?.from === "assumed" ? [OWN_HOURS] : isPartOf(gate) ? [REST_OF_LIST] : []) : ["calling windows"]),
    ...(abandonment?.reading.withinLimit === null ? ["abandonment, while calls are imported"] : []),
    ...(status === "active" && readAt.doNotCall !== undefined && agoOf(readAt.doNotCall ?? 0, at) > OLD_MS
      ? ["do-not-call groups"]
      : []),
    ...(failed === null ? [] : ["what could not be read the last time"]),
  ];
  return missing.length === 0 && dialing === null ? ["whether they dial"] : missing;
}

/** What is known of the campaigns, before what was found of them. @param list as it was last read */
export function tenantKnownOf({ campaigns, readAt, failed }: KnownList, now: Instant): TenantKnown {
  const here = campaigns.filter(({ isGone }) => !isGone);
  const each = here.map((one): Known<true> & { readonly verdict: Verdict } => {
    const { status, figures, gate } = one.readAt;
    const missing = unknownOf(one).map((what) => ({ what, count: 1 }));
    if (missing.length > 0) return { ...NOT_KNOWN, verdict: { is: "unknown", missing } };
    const whole = aggregate([measured(true, status), measured(true, figures), measured(true, gate)], () => true as const);
    return { ...whole, covers: undefined, verdict: { is: "ok" } };
  });
  const { at, covers } = aggregate(each, () => true);
  const list: Verdict =
    readAt === null || agoOf(readAt, now) > OLD_MS
      ? { is: "unknown", missing: [{ what: `the list of campaigns${readAt === null ? "" : OF_LATE}`, count: 1 }] }
      : { is: "ok" };
  const answers: Verdict = failed === null ? { is: "ok" } : { is: "unknown", missing: [] };
  const verdict = allHold([list, answers, ...each.map((one) => one.verdict)]);
  return {
    verdict: verdict.is,
    covers: { known: covers?.known ?? 0, of: here.length },
    oldest: timeText(at),
    latest: timeText(readAt),
    missing: verdict.is === "unknown" ? verdict.missing : [],
    away: failed === null ? null : { since: timeText(readAt), reason: failed.message },
  };
}

/** Concerns of all campaigns, in the order of the list. */
export function campaignConcerns({ list, ...evidence }: CampaignEvidence): Found[] {
  const { failed, readAt, campaigns } = list;
  const away: Found[] =
    failed === null
      ? []
      : [
          {
            code: "tenant_unreadable",
            severity: "urgent",
            subject: { kind: "tenant", id: "", name: "tenant" },
            what: "the tenant cannot be read",
            cause: "tenant",
            evidence: [failed.message],
            since: timeText(readAt),
            next: "The pages show the last reading. Check whether the tenant's API answers, for example with outdial doctor.",
            episode: timeText(readAt),
          },
        ];
  return [...away, ...campaigns.flatMap((one) => ofCampaign(one, { ...evidence, isAway: failed !== null }))];
}

/** What the tenant's answers lack of what is known: campaigns as one concern, each contact list as one. */
export function missingConcerns(missing: readonly MissingThing[]): Found[] {
  const campaigns = missing.filter(({ what }) => what === "campaign");
  const lists = missing.filter(({ what }) => what === "contacts");
  const next = `Look in the tenant's administration whether they are there. ${SAY_GONE}.`;
  const tenant = { kind: "tenant", id: "", name: "tenant" } as const;
  const shown = campaigns.slice(0, MOST_NAMED).map(({ id, name, known }) => `${name} (${id}), last seen ${known}`);
  const more = campaigns.length > shown.length ? [`and ${campaigns.length - shown.length} more`] : [];
  const [first] = campaigns.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const ofList: Found[] =
    first === undefined
      ? []
      : [
          {
            code: "campaigns_not_listed",
            severity: "urgent",
            subject: tenant,
            what: `the tenant's list of campaigns is shorter than known: it lacks ${campaigns.length}, which may dial`,
            cause: "tenant",
            evidence: [...shown, ...more],
            since: first.since,
            next,
            episode: `${first.since} ${campaigns.length}`,
          },
        ];
  return [
    ...ofList,
    ...lists.map(
      ({ id, known, answered, since }): Found => ({
        code: "contacts_fewer",
        severity: "soon",
        subject: { ...tenant, id, name: `contact list ${id}` },
        what: `contact list ${id} has ${answered}, and had ${known}: no campaign is started on it`,
        cause: "list",
        evidence: [],
        since,
        next,
        episode: answered,
      }),
    ),
  ];
}

function ofCampaign(
  health: KnownHealth,
  { lastCalls, phaseSince, awaySince, callsSince, isAway }: Omit<CampaignEvidence, "list"> & { readonly isAway: boolean },
): Found[] {
  const subject = { kind: "campaign", id: health.id, name: health.name } as const;
  return [
    ...ofPair(health, subject, { phaseSince, awaySince }),
    ...ofCalls(health, subject, callsSince),
    ...ofCompanyList(health, subject),
    ...ofBudget(health, subject),
    ...ofSilence(),
  ];

  function ofSilence(): Found[] {
    const { status, dialing, failed, lastDialing, lastNotDialing, readAt, ageMs } = health;
    // What the tenant showed last stays until it shows something else.
    const isLast = dialing === null && lastDialing.value === false;
    const notDialing = isLast ? lastNotDialing : health.notDialing;
    if (status !== "active" || notDialing === null) return [];
    const [first] = notDialing.all;
    if (first === undefined || QUIET.has(first.code)) return [];
    const [cause = null, next = "Look at the campaign's page and at the tenant."] = CAUSES[first.code] ?? [];
    // An unknown state is not reported while it was only not read yet, or not again; when the whole tenant is away, that is one concern.
    const isUnknown = dialing === null && !isLast;
    const isUnread = [readAt.status, readAt.figures, readAt.gate].includes(null) || first.code === "calls_of_late";
    const isUntold = !isUnread && (!OLD.has(first.code) || (ageMs ?? 0) > OLD_MS);
    if (isUnknown && (isAway || (failed === null && !isUntold))) return [];
    const since = timeText(lastCalls.get(health.id) ?? null);
    return [
      {
        code: isUnknown ? "not_known" : "not_dialing",
        severity: "soon",
        subject,
        what: isUnknown ? "it is active, but it is not known whether it dials" : "it is active and does not dial",
        many: isUnknown ? "they are active, but it is not known whether they dial" : "they are active and do not dial",
        lastSeen: isLast ? timeText(lastDialing.at) : null,
        cause,
        evidence: notDialing.all.map(({ text }) => text),
        since,
        next,
        episode: `${first.code} ${since ?? ""}`,
      },
    ];
  }
}

type Subject = Found["subject"];
type PairTimes = Pick<CampaignEvidence, "phaseSince" | "awaySince">;

function ofPair({ failover, id }: KnownHealth, subject: Subject, { phaseSince, awaySince }: PairTimes): Found[] {
  if (failover === null || failover.role !== "primary") return [];
  const { phase, words, reason, nextStep, partner } = failover;
  const needsPerson = phase === "halted" || phase === "securing" || nextStep !== null;
  if (phase === "watching" && !needsPerson) return [];
  const since = timeText((needsPerson ? phaseSince : awaySince).get(id) ?? null);
  const common = { subject, cause: "pair", evidence: reason === null ? [] : [reason], since } as const;
  if (needsPerson)
    return [
      {
        ...common,
        code: phase === "halted" ? "pair_halted" : "pair_needs_a_person",
        severity: "urgent",
        what: `its failover pair with ${partner}: ${words}`,
        next: nextStep ?? "Wait until both are confirmed paused.",
        episode: `${phase} ${since ?? ""}`,
      },
    ];
  const isOver = phase === "failed-over";
  return [
    {
      ...common,
      code: "hand_over",
      severity: "soon",
      what: isOver ? `it has handed over to its backup ${partner}: ${words}` : `its pair with ${partner} hands over: ${words}`,
      many: isOver ? "they have handed over to their backups" : "their pairs hand over",
      next: isOver
        ? "Fail back when it is well: outdial campaign failover failback PRIMARY. Or acknowledge: then the new order stands."
        : "Nothing: wait until it is done. What hinders it is told.",
      // The same through all phases, until it has failed back.
      episode: since ?? "",
    },
  ];
}

/** Whether anybody may be called by the clock. Under one clock for the whole list everybody's hours must be known, else only somebody's. */
function hoursFor({ windows, hoursOf, gate }: Pick<KnownHealth, "windows" | "hoursOf" | "gate">, at: Instant) {
  const hours = hoursAt(windows, at);
  const closed = hoursOf === "campaign" ? contactsClosed(windows, at) : 0;
  const isSure = closed !== null && (closed > 0 || gate?.from !== "assumed");
  return hours === "open" && !isSure ? "unknown" : hours;
}

function ofCalls(health: KnownHealth, subject: Subject, callsSince: CampaignEvidence["callsSince"]): Found[] {
  const { id, reading, windows, hoursOf, stale, failed, status, readAt, mayDial } = health;
  if (reading === null) return [];
  const seen = reading.at ?? reading.receivedAt;
  const from = seen - 60_000 * (reading.windowMinutes ?? 0);
  const underWay = reading.activeCalls ?? 0;
  // Between two calls none is under way; those that were placed tell that it calls, and told so while the tenant was away since.
  const placed = underWay > 0 || health.lastDialing.value !== true ? 0 : (reading.callsPlaced ?? 0);
  if (underWay === 0 && placed === 0) return [];
  const calls =
    underWay > 0
      ? `${underWay === 1 ? "1 call is" : `${underWay} calls are`} under way`
      : `${placed === 1 ? "1 call was" : `${placed} calls were`} placed${reading.windowMinutes === null ? "" : ` in ${reading.windowMinutes} minutes`}`;
  const isOld = stale || failed !== null;
  // What was seen stays until something newer says otherwise.
  if (isOld && status === "paused" && (readAt.status ?? seen) > seen) return [];
  const closed = hoursOf === "campaign" ? contactsClosed(windows, seen) : 0;
  const hours = hoursFor(health, seen);
  const began = callsSince.get(id) ?? seen;
  // Whoever has paused it has done that, and knows no more than that it shows paused.
  const pause =
    status === "paused"
      ? "It shows paused, and calls under way end by themselves: pause it again when others follow"
      : "Pause the campaign";
  const common = {
    severity: "urgent",
    subject,
    cause: "windows",
    lastSeen: isOld ? timeText(seen) : null,
    episode: null,
  } as const;
  // Whatever the hour: the tenant dials although outdial's gate would let it call nobody. A budget that is used up is told by itself.
  const why = mayDial.why.filter((one) => one !== OUTSIDE_HOURS && one !== ABANDONMENT_LIMIT);
  const isOutside = underWay > 0 || wasOutside({ windows, hoursOf }, from, seen);
  if (!isOutside || (hours === "open" && closed === 0))
    return !mayDial.atAnyHour || why.length === 0
      ? []
      : [
          {
            ...common,
            code: "calls_not_allowed",
            cause: "gate",
            what: `${calls} although it must not dial: ${why.join(", ")}`,
            many: "they dial although they must not",
            evidence: why,
            since: timeText(began),
            next: `${pause}, then bring what is missing; its page and outdial campaign status say what.`,
          },
        ];
  if (hours === "unknown")
    return [
      {
        ...common,
        code: "calls_hours_unknown",
        what: `${calls}, and its calling windows are not known`,
        many: "calls are under way, and their calling windows are not known",
        evidence: [],
        since: timeText(began),
        next: "Their windows are read next; when that lasts, pause the campaign, or see under Tenant what does not answer.",
      },
    ];
  const all = windows.reduce((people, { contacts }) => people + contacts, 0);
  const opens = windows.flatMap((one) => (one.opens === null ? [] : [one.opens]));
  return [
    {
      ...common,
      code: "calls_outside_hours",
      what:
        hours === "closed"
          ? `${calls} although every calling window of its list is closed`
          : `${calls} although the calling windows of ${closed} of ${all} contacts are closed: the tenant calls its whole list by one clock`,
      many: "they call outside hours: calling windows of their lists are closed",
      evidence: [
        `closed: ${windows.flatMap(({ zone, contacts, open }) => (hours !== "closed" && open === contacts ? [] : [zone])).join(", ")}${opens.length === 0 ? "" : `; the first opens at ${formatInstant(Math.min(...opens))}`}`,
      ],
      since: timeText(Math.max(began, ...windows.flatMap(({ closed }) => closed ?? []))),
      next: `${pause}, then see why the tenant dials: its own calling hours, or the zones of the contacts.`,
    },
  ];
}

function ofCompanyList({ unheld }: KnownHealth, subject: Subject): Found[] {
  if (unheld === null) return [];
  return [
    {
      code: "company_list_not_held",
      severity: "urgent",
      subject,
      what: "it dials, but the tenant's do-not-call groups do not hold back the company's list",
      cause: "gate",
      evidence: [unheld.words],
      since: timeText(unheld.since),
      next: "Pause the campaign, make it obey the group again in the vendor's administration, and resume it: a resume first compares the whole list.",
      episode: null,
    },
  ];
}

function ofBudget({ abandonment, status }: KnownHealth, subject: Subject): Found[] {
  if (abandonment === null) return [];
  const { used, reading, abandoned, live, rule } = abandonment;
  const { withinLimit, importing, pace, forecast, limit } = reading;
  // While calls are imported it is not known.
  if (withinLimit === null) return [];
  const isNear = (used ?? 0) >= NEARLY;
  if (withinLimit && !isNear && !(pace.burnRate > 1 && status === "active")) return [];
  const rate = `${abandoned} of ${live} live answers abandoned, ${percent(abandoned / live, 2)}`;
  const end =
    forecast.exhaustedAt === null || !withinLimit
      ? []
      : [`at the recent pace it is used up at ${formatInstant(forecast.exhaustedAt)}`];
  return [
    {
      code: withinLimit ? "abandonment_near" : "abandonment_over",
      severity: withinLimit ? "soon" : "urgent",
      subject,
      what: !withinLimit
        ? "its abandonment is over the limit"
        : isNear
          ? "its abandonment budget is nearly used up"
          : "calls are abandoned faster than its budget lasts",
      cause: "abandonment",
      evidence: [
        `${rate}${importing === null ? "" : `, over by at least ${importing.overBy}, whatever the import under way still brings`}; the limit of ${rule} is ${percent(limit.maxRate)} over ${durationText(limit.windowHours * 3_600_000)}`,
        ...end,
      ],
      since: null,
      next: "Lower the dial ratio under Dialer, or pause the campaign.",
      episode: !withinLimit ? "over" : isNear ? "near" : "fast",
    },
  ];
}
