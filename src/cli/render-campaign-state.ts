// The gate and the state of a campaign for a person. Pure text.

import { formatInstant } from "../compliance/index.ts";
import { durationText } from "../kernel/index.ts";
import {
  type AbandonmentBudget,
  type CampaignHealth,
  dncWords,
  listedWords,
  type ResumeVerdict,
  type ZoneWindow,
} from "../operations/index.ts";
import type { Workload } from "../operations/views/index.ts";
import { table } from "./table.ts";
import { grouped, printable, printableWhole } from "./text.ts";

/** What a pre-dial gate says: the verdict first, then what it rests on. */
export function gateWords({
  campaign,
  allowed,
  refusals,
  manifest,
  read,
  announced,
  whole,
  nextAllowed,
  onCompanyList,
  doNotCall,
}: ResumeVerdict): string[] {
  const lines = [`${printable(campaign.id)}: ${allowed ? "may dial" : "must not dial"}`];
  for (const { text } of refusals) lines.push(`  ${printableWhole(text)}`);
  if (manifest !== null) {
    const { dial, later, never, refused } = manifest.counts;
    const of = whole ? "" : `, the first of ${announced === null ? "more" : grouped(announced)}`;
    lines.push(
      `  ${grouped(read)} contacts judged${of}: ${grouped(dial)} callable now, ${grouped(later)} later, ${grouped(never + refused)} never (${manifest.id})`,
    );
  }
  // A refusal says it itself.
  if (doNotCall !== undefined && !refusals.some(({ code }) => code === "company_list_not_held"))
    lines.push(`  the tenant's do-not-call groups: ${printableWhole(dncWords(doNotCall))}`);
  if (onCompanyList > 0 && doNotCall === undefined) lines.push(`  ${listedWords({ onCompanyList, read })}`);
  if (!allowed && nextAllowed !== null)
    lines.push(`  the first of those that wait may be called at ${formatInstant(nextAllowed)}`);
  return lines;
}

const rateText = (rate: number | null | undefined): string => (rate === null || rate === undefined ? "" : share(rate));

/** A campaign with the work that is left in it. */
export type ShownCampaign = CampaignHealth & { readonly workload: Workload };

/** A table of campaigns, one a line. */
export const HEALTH = table<ShownCampaign>(
  [
    { title: "campaign", value: ({ id }) => id, isWhole: true },
    { title: "status", value: ({ campaign }) => campaign?.status ?? "?", isState: true },
    { title: "calls", value: ({ reading }) => reading?.activeCalls, align: "right" },
    {
      title: "success",
      value: ({ reading, success }) =>
        success === null ? rateText(reading?.successRate) : success.denominator === 0 ? "no calls" : share(success.rate),
    },
    { title: "of", value: ({ success }) => success?.denominator, align: "right" },
    {
      title: "abandoned",
      value: ({ abandonment: told }) => (told === null || told.live === 0 ? null : share(told.abandoned / told.live)),
    },
    {
      title: "tried",
      value: ({ workload }) => (workload.penetration.value === null ? null : share(workload.penetration.value.rate)),
    },
    {
      title: "left",
      value: ({ workload }) => (workload.hoursLeft.value === null ? null : hoursText(workload.hoursLeft.value.hours)),
      align: "right",
    },
    { title: "callbacks", value: ({ workload }) => workload.callbacks.value?.due, align: "right" },
    { title: "agents", value: ({ workload }) => workload.agents.value?.loggedIn, align: "right" },
    { title: "figures", value: ({ stale }) => (stale ? "stale" : "fresh") },
    {
      title: "dialing",
      value: ({ dialing, notDialing }) =>
        notDialing === null ? "yes" : `${dialing === null ? "not known" : "no"}: ${notDialing.first}`,
    },
  ],
  { widest: 60 },
);

/** Everything about one campaign. */
export function healthLines(health: ShownCampaign): string[] {
  const { id, campaign, reading, dialing, notDialing, failover, abandonment, windows, gate } = health;
  const name = campaign?.name === null || campaign === null ? "" : ` · ${printable(campaign.name)}`;
  const calls = reading?.activeCalls === null || reading === null ? "" : ` · ${grouped(reading.activeCalls)} calls under way`;
  const lines = [`${printable(id)}${name} · ${printable(campaign?.status ?? "state unknown")}${calls}`];
  lines.push(
    notDialing === null
      ? "dialing"
      : `${dialing === null ? "whether it dials is NOT KNOWN" : "NOT dialing"}: ${printableWhole(notDialing.first)}`,
  );
  for (const { text } of notDialing?.all.slice(1) ?? []) lines.push(`  also: ${printableWhole(text)}`);
  lines.push(...figureLines(health), ...workloadLines(health.workload));
  if (abandonment !== null) lines.push(budgetLine(abandonment));
  if (failover !== null) lines.push(...failoverLines(failover));
  if (windows.length > 0) lines.push("windows:");
  for (const window of windows) lines.push(`  ${windowLine(window)}`);
  if (gate !== null) for (const line of gateWords(gate)) lines.push(line);
  const dialer = campaign?.dialer ?? null;
  if (dialer !== null) {
    const parts = Object.entries(dialer).flatMap(([field, value]) => (typeof value === "number" ? [`${field} ${value}`] : []));
    if (parts.length > 0) lines.push(`dialer: ${parts.join(" · ")}`);
  }
  return lines;
}

function failoverLines({ role, partner, words, reason, nextStep }: NonNullable<CampaignHealth["failover"]>): string[] {
  const because = reason === null ? "" : `: ${printableWhole(reason)}`;
  const lines = [`failover: ${role} of the pair with ${printable(partner)} · ${words}${because}`];
  if (nextStep !== null) lines.push(`  ${printableWhole(nextStep)}`);
  return lines;
}

function figureLines({ reading, readingProblem, success, ageMs, stale }: CampaignHealth): string[] {
  if (reading === null) return [`figures: none${readingProblem === null ? "" : `: ${printable(readingProblem.message)}`}`];
  const window = reading.windowMinutes === null ? "" : ` in ${reading.windowMinutes} min`;
  const rate =
    success === null
      ? `success rate ${reading.successRate === null ? "unknown" : share(reading.successRate)}${window}, without counts: no evidence of anything`
      : success.denominator === 0
        ? `no call decided${window}`
        : `success rate ${share(success.rate)} (${grouped(success.numerator)} of ${grouped(success.denominator)} ${reading.success?.of ?? ""} calls${window}; ${Number((100 * success.confidence).toFixed(2))} % interval of these calls ${share(success.low)} to ${share(success.high)})`;
  const at = reading.at === null ? "of unknown time" : `of ${formatInstant(reading.at)}`;
  const age = `${Math.round((ageMs ?? 0) / 1000)} s old${stale ? ", STALE" : ""}`;
  return [`figures: ${rate}`, `  ${reading.source === "push" ? "pushed" : "asked for"}, ${at}, ${age}`];
}

function budgetLine({ abandoned, live, allowed, used, rule, jurisdiction, reading }: AbandonmentBudget): string {
  const { limit, allowance } = reading;
  const window = durationText(limit.windowHours * 3_600_000);
  if (live === 0)
    return `abandonment: not known: no live answer of it is among the imported calls of ${window} (at most ${share(limit.maxRate)}, ${rule}, ${jurisdiction}); outdial attempts import FILE`;
  const of = used === null ? "nothing used" : `${Math.round(used * 100)} % used`;
  return `abandonment: ${of} · ${grouped(abandoned)} of ${grouped(live)} live answers, ${allowed.toFixed(1)} allowed (${share(limit.maxRate)} in ${window}, ${rule}, ${jurisdiction}) · ${grouped(allowance.certain)} more are certain today`;
}

function windowLine({ zone, contacts, open, until, opens }: ZoneWindow): string {
  const people = `${grouped(contacts)} contacts`;
  if (open === 0)
    return `${zone}: closed, ${opens === null ? "does not open within four days" : `opens ${formatInstant(opens)}`} (${people})`;
  const part = open === contacts ? people : `${grouped(open)} of ${people}`;
  return `${zone}: open${until === null ? "" : ` until ${formatInstant(until)}`} (${part})`;
}

const share = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** The work that is left, a line each; what is not known with its reason. */
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
