// The gate and the state of a campaign as text, from the API's views. Pure text.

import { formatInstant } from "../compliance/index.ts";
import { type Covers, durationText, isWhole } from "../kernel/index.ts";
import { listedWords, noAnswers } from "../operations/index.ts";
import type {
  AbandonmentBudget,
  CampaignResult,
  CampaignStatus,
  CampaignSummary,
  GateLook,
  StopResult,
  WindowState,
  Workload,
} from "../operations/views/index.ts";
import { table } from "./table.ts";
import { grouped, printable, printableWhole } from "./text.ts";

const MAY_DIAL = { ok: "may dial", not_ok: "must not dial", unknown: "whether it may dial is not known" } as const;

/** The result of a pre-dial gate: the verdict of now first, then what the look found. */
function gateWords(
  { id, mayDial: { verdict } }: CampaignStatus,
  { refusals, judged, nextAllowed, onCompanyList }: GateLook,
): string[] {
  const lines = [`${printable(id)}: ${MAY_DIAL[verdict]}`];
  for (const { text } of refusals) lines.push(`  ${printableWhole(text)}`);
  if (judged !== null) {
    const { covers, callable, later, never } = judged;
    const contacts = covers.known;
    lines.push(
      `  ${isWhole(covers) ? grouped(contacts) : firstOf(covers)} contacts judged: ${grouped(callable)} callable now, ${grouped(later)} later, ${grouped(never)} never`,
    );
    if (onCompanyList !== null && onCompanyList > 0) lines.push(`  ${listedWords({ onCompanyList, read: contacts })}`);
  }
  if (refusals.length > 0 && nextAllowed !== null)
    lines.push(`  the first of those that wait may be called at ${instantText(nextAllowed)}`);
  return lines;
}

const firstOf = ({ known, of }: Covers): string => `the first ${grouped(known)} of ${of === null ? "more" : grouped(of)}`;
const instantText = (time: string): string => formatInstant(Date.parse(time));
const rateText = (rate: number | null | undefined): string => (rate === null || rate === undefined ? "" : share(rate));

/** Beside whether it dials: that it must not, and why. */
const mustNot = ({ verdict, why }: CampaignSummary["mayDial"]): string =>
  verdict === "not_ok" ? `, must not (${why.join(", ")})` : verdict === "unknown" ? ", whether it may is not known" : "";

/** A table of campaigns, one in each line. */
export const HEALTH = table<CampaignSummary>(
  [
    { title: "campaign", value: ({ id }) => id, isWhole: true },
    { title: "status", value: ({ status }) => status ?? "?", isState: true },
    { title: "calls", value: ({ activeCalls }) => activeCalls, align: "right" },
    {
      title: "success",
      value: ({ figures, successRate }) =>
        successRate === null
          ? rateText(figures?.successRate)
          : successRate.denominator === 0
            ? "no calls"
            : rateText(successRate.rate),
    },
    { title: "of", value: ({ successRate }) => successRate?.denominator, align: "right" },
    { title: "abandoned", value: ({ abandonment }) => rateText(abandonment?.rate.rate) },
    { title: "tried", value: ({ workload }) => rateText(workload.penetration) },
    {
      title: "left",
      value: ({ workload }) => (workload.hoursLeft === null ? null : hoursText(workload.hoursLeft)),
      align: "right",
    },
    { title: "callbacks", value: ({ workload }) => workload.callbacksDue, align: "right" },
    { title: "agents", value: ({ workload }) => workload.agents, align: "right" },
    {
      title: "figures",
      value: ({ known: { figures } }) => (figures.at === null ? "none" : figures.why === null ? "fresh" : "stale"),
    },
    {
      title: "dialing",
      value: ({ dialing, notDialing, mayDial }) =>
        notDialing === null ? `yes${mustNot(mayDial)}` : `${dialing === null ? "not known" : "no"}: ${notDialing.first}`,
    },
  ],
  { widest: 60 },
);

/** Everything about one campaign. */
export function healthLines(campaign: CampaignStatus): string[] {
  const { id, name, status, activeCalls, dialing, notDialing, mayDial, failover, abandonment, windows, gate, dialer } = campaign;
  const named = name === id ? "" : ` · ${printable(name)}`;
  const { known, figures } = campaign;
  const seen = figures === null ? "" : lastSeen({ at: figures.at, why: known.figures.why });
  const calls = activeCalls === null ? "" : ` · ${grouped(activeCalls)} calls under way${seen}`;
  const state = status === null ? "state unknown" : `${printable(status)}${lastSeen(known.status)}`;
  const lines = [`${printable(id)}${named} · ${state}${calls}`];
  lines.push(
    notDialing === null
      ? `dialing${mustNot(mayDial)}`
      : `${dialing === null ? "whether it dials is NOT KNOWN" : "NOT dialing"}: ${printableWhole(notDialing.first)}`,
  );
  for (const { text } of notDialing?.all.slice(1) ?? []) lines.push(`  also: ${printableWhole(text)}`);
  lines.push(...figureLines(campaign), ...workloadLines(campaign.workloadDetail));
  // It is judged by the look that tells the windows.
  if (abandonment !== null)
    lines.push(`${budgetLine(abandonment)}${abandonment.withinLimit === null ? "" : lastSeen(known.windows)}`);
  if (failover !== null) lines.push(...failoverLines(failover));
  const { why, covers } = known.windows;
  const part = covers === null || isWhole(covers) ? "" : ` of ${firstOf(covers)} contacts`;
  if (windows.length > 0) lines.push(`windows${part}${lastSeen(known.windows)}:${why === null ? "" : ` ${printable(why)}`}`);
  for (const window of windows) lines.push(`  ${windowLine(window)}`);
  if (gate !== null) for (const line of gateWords(campaign, gate)) lines.push(line);
  if (dialer !== null) {
    const parts = Object.entries(dialer).map(([field, value]) => `${printable(field)} ${value}`);
    if (parts.length > 0) lines.push(`dialer: ${parts.join(" · ")}`);
  }
  return lines;
}

/** When a part was true that could not be read since. */
function lastSeen({ at, why }: Pick<CampaignStatus["known"]["status"], "at" | "why">): string {
  return why === null ? "" : `, last seen ${at === null ? "at an unknown time" : instantText(at)}`;
}

function failoverLines({ role, partner, words, reason, nextStep }: NonNullable<CampaignStatus["failover"]>): string[] {
  const because = reason === null ? "" : `: ${printableWhole(reason)}`;
  const lines = [`failover: ${role} of the pair with ${printable(partner)} · ${words}${because}`];
  if (nextStep !== null) lines.push(`  ${printableWhole(nextStep)}`);
  return lines;
}

function figureLines({ figures, known, successRate, windowMinutes, threshold }: CampaignStatus): string[] {
  if (figures === null) {
    const { why } = known.figures;
    return [`figures: none${why === null ? "" : `: ${printable(why)}`}`];
  }
  const window = windowMinutes === null ? "" : ` in ${windowMinutes} min`;
  const rate =
    successRate === null
      ? `success rate ${figures.successRate === null ? "unknown" : share(figures.successRate)}${window}, without counts: no evidence of anything`
      : successRate.rate === null
        ? `no call decided${window}`
        : `success rate ${share(successRate.rate)} (${grouped(successRate.numerator)} of ${grouped(successRate.denominator)} ${figures.of ?? ""} calls${window}; ${Number((100 * successRate.confidence).toFixed(2))} % interval of these calls ${share(successRate.low)} to ${share(successRate.high)})`;
  const at = figures.at === null ? "of unknown time" : `of ${instantText(figures.at)}`;
  const age = `${figures.ageSeconds} s old${known.figures.why === null ? "" : ", STALE"}`;
  const watched = threshold === null ? "" : ` · the watch's threshold is ${share(threshold)}`;
  return [`figures: ${rate}${watched}`, `  ${figures.source === "push" ? "pushed" : "asked for"}, ${at}, ${age}`];
}

function budgetLine({
  rule,
  jurisdiction,
  limit,
  windowHours,
  rate,
  used,
  left,
  by,
  importing,
  withinLimit,
}: AbandonmentBudget): string {
  const { numerator: abandoned, denominator: live } = rate;
  const window = durationText(windowHours * 3_600_000);
  if (live === 0)
    return `abandonment: not known: ${noAnswers(by)} of ${window} (at most ${share(limit)}, ${rule}, ${jurisdiction})${by === "tenant" ? "" : "; outdial attempts import FILE"}`;
  if (importing !== null && withinLimit === null)
    return `abandonment: not judged: calls are being imported since ${instantText(importing.since)}; so far ${grouped(abandoned)} of ${grouped(live)} live answers (at most ${share(limit)} in ${window}, ${rule}, ${jurisdiction})`;
  const of = used === null ? "nothing used" : `${Math.round(used * 100)} % used`;
  return `abandonment: ${of} · ${grouped(abandoned)} of ${grouped(live)} live answers, ${(limit * live).toFixed(1)} allowed (${share(limit)} in ${window}, ${rule}, ${jurisdiction}) · ${grouped(left ?? 0)} more are certain today`;
}

function windowLine({ zone, contacts, open, openContacts, changesAt }: WindowState): string {
  const people = `${contacts === null ? "not counted" : grouped(contacts)} contacts`;
  if (!open)
    return `${zone}: closed, ${changesAt === null ? "does not open within four days" : `opens ${instantText(changesAt)}`} (${people})`;
  const part = openContacts === contacts ? people : `${grouped(openContacts)} of ${people}`;
  return `${zone}: open${changesAt === null ? "" : ` until ${instantText(changesAt)}`} (${part})`;
}

const share = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** The work that is left, one item per line; unknown values with the reason. */
function workloadLines({ penetration, hoursLeft, dialable, pace, callbacks, agents, mostAgents, occupancy }: Workload): string[] {
  const most = mostAgents === null ? "" : ` · at most ${grouped(mostAgents)} by the dialer settings`;
  return [
    toldLine("list penetration", penetration, ({ rate, attempted, contacts, countedBy }) => {
      const by = countedBy === "tenant" ? "contacts attempted" : "contacts, by the numbers called that outdial was told of";
      return `${share(rate)} (${grouped(attempted)} of ${grouped(contacts)} ${by})`;
    }),
    toldLine("hours of work left", hoursLeft, ({ hours, low, high, today, opens, days, perDay }) => {
      const of = dialable.value === null ? "" : `, ${grouped(dialable.value.contacts)} contacts ${dialable.value.of}`;
      const at = pace.value === null ? "" : ` at ${grouped(pace.value.perHour)} calls an hour`;
      const calling =
        today === null
          ? opens === null
            ? ""
            : ` · all windows are closed, the next opens ${opens}`
          : ` · ${hoursText(today.hours)} of calling time left, until ${today.until}`;
      const inDays = days === null || days < 1 ? "" : ` · ${days.toFixed(1)} days of ${hoursText(perDay)} calling time`;
      return `${hoursText(hours)} (${hoursText(low)} to ${high === null ? "no end" : hoursText(high)}${of}${at})${inDays}${calling}`;
    }),
    toldLine(
      "callbacks due",
      callbacks,
      ({ due, withinHour, waiting, next }) =>
        `${grouped(due)} · ${grouped(withinHour)} within the hour · ${grouped(waiting)} waiting${next === null ? "" : ` · next ${next}`}`,
    ),
    `${toldLine("agents", agents, ({ loggedIn, available, working, wrapUp }) => {
      const counts = [
        [loggedIn, "logged in"],
        [available, "available"],
        [working, "working"],
        [wrapUp, "on wrap-up"],
      ] as const;
      return counts.flatMap(([count, name]) => (count === null ? [] : [`${grouped(count)} ${name}`])).join(" · ");
    })}${most}`,
    toldLine(
      "occupancy",
      occupancy,
      ({ rate, busyMinutes, staffedMinutes, windowMinutes }) =>
        `${share(rate)} in ${windowMinutes} min (talk and wrap-up: ${grouped(busyMinutes)} of ${grouped(staffedMinutes)} agent-minutes)`,
    ),
  ];
}

const toldLine = <Value>(
  name: string,
  { value, why }: { readonly value: Value | null; readonly why: string | null },
  text: (value: Value) => string,
): string => `${name}: ${value === null ? printableWhole(why ?? "not known") : text(value)}`;

const hoursText = (hours: number): string =>
  hours < 1 ? `${grouped(60 * hours)} min` : `${hours < 10 ? hours.toFixed(1) : grouped(hours)} h`;

/** The result of a change of state, of one campaign or of one under an emergency stop. */
export type ChangeResult = CampaignResult | StopResult["changes"][number];

/** Why a stop does not say that nothing dials, although it may have paused all that it knows. */
export function problemLine({ code, message }: NonNullable<StopResult["listProblem"]>): string {
  const what =
    code === "known_unread"
      ? "what was asked for before the stop may still start a campaign"
      : "the list of campaigns is not whole, others may be dialing";
  return `  ${what}: ${printable(message)}`;
}

/** What became of a campaign that was to be paused, or to dial. */
export function resultLine({ campaignId, status, confirmed: sure, already, message }: ChangeResult, target = "paused"): string {
  const id = printable(campaignId);
  const why = printable(message);
  if (status === target) return `${id} ${target}${already ? " already" : ""}, ${sure ? "confirmed" : `not confirmed: ${why}`}`;
  if (status === "failed") return `${id} NOT ${target}: ${why}`;
  if (status === "unknown") return `${id} unknown whether ${target}: ${why}`;
  return `${id} ${status === "pending" ? `not ${target} yet` : status}: ${why}`;
}
