// Stories: a hand-over, a change of settings under guard, a stop, each as one curve and the steps on its time line, with what was known at each.

import { z } from "zod";
import { MINUTE_MS, pairPhaseWords, wilsonInterval } from "../kernel/index.ts";
import type { DialerChange, FailoverHappening, Store } from "../store/index.ts";
import { isSettled, readPair } from "./campaigns/failover/pair.ts";
import { FAILOVER_PHASES, otherSide, type Side } from "./campaigns/failover/state.ts";
import { readingOf } from "./campaigns/metrics/index.ts";
import type { EmergencyStopReport } from "./campaigns/state/emergency-stop.ts";
import { readChangePlan } from "./settings/journal.ts";
import { type ChangeEvent, changeEvent } from "./settings/state.ts";
import { pointOf } from "./views/campaign-views.ts";
import type { Story } from "./views/schemas/stories.ts";
import { timeText } from "./views/texts.ts";

type Step = Story["steps"][number];
type Facts = readonly (readonly [name: string, value: string | null | undefined])[];

/** So many of each kind are told at most. */
const MOST = 3;
/** Entries of a pair's history that are looked through. */
const HISTORY = 400;
/** Points of a curve; no strip shows more. */
const POINTS = 240;
/** So long before its first step the curve of a hand-over begins, if there are readings of then, ms. */
const BEFORE_MS = 10 * MINUTE_MS;

const stepOf = (at: number, text: string, facts: Facts = []): Step => ({
  at: timeText(at),
  text,
  facts: facts.flatMap(([name, value]) => (value === null || value === undefined || value === "" ? [] : [{ name, value }])),
});

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const thinned = <T>(points: readonly T[]): T[] => {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, i) => (points.length - 1 - i) % Math.max(1, every) === 0);
};

/** What stories are read from. */
interface StoryParts {
  readonly store: Store;
  readonly stops: {
    list(limit: number): Promise<readonly { readonly id: string }[]>;
    report(id: string): Promise<EmergencyStopReport>;
  };
  readonly now: number;
}

const seen = z.object({ status: z.string(), activeCalls: z.number().nullable() });
/** Of an entry of a pair's history, by whichever version wrote it: what a person is told of it. */
const told = z
  .object({
    statuses: z.object({ primary: seen, backup: seen }).optional().catch(undefined),
    verdict: z.object({ words: z.string() }).nullish().catch(undefined),
    order: z.object({ what: z.string(), by: z.string() }).nullish().catch(undefined),
    held: z.number().optional().catch(undefined),
    unreadable: z.number().optional().catch(undefined),
    problem: z.string().nullish().catch(undefined),
    pass: z.boolean().optional().catch(undefined),
    message: z.string().optional().catch(undefined),
  })
  .catch({});
const alarmsOf = z.array(z.object({ message: z.string() })).catch([]);

const phaseOf = (text: string) => FAILOVER_PHASES.find((one) => one === text);
const isQuiet = (text: string): boolean => {
  const phase = phaseOf(text);
  return phase !== undefined && isSettled({ phase } as Parameters<typeof isSettled>[0]);
};

function happeningStep({ at, phase, event, alarms }: FailoverHappening, ids: Readonly<Record<Side, string>>): Step {
  const { statuses, verdict, order, held, unreadable, problem, pass, message } = told.parse(event);
  const campaign = (side: Side): readonly [string, string | undefined] => {
    const one = statuses?.[side];
    const calls = one?.activeCalls;
    return [
      `${capital(side)}, ${ids[side]}`,
      one && `${one.status}${calls === null || calls === undefined ? "" : `, ${calls} calls under way`}`,
    ];
  };
  return stepOf(at, capital(pairPhaseWords(phase)), [
    ["The watch's verdict", verdict?.words],
    ["Ordered", order && `${order.what} by ${order.by}`],
    campaign("primary"),
    campaign("backup"),
    ["Contacts held back", held?.toString()],
    ["Contacts that cannot be read", unreadable === 0 ? undefined : unreadable?.toString()],
    ["Against it", problem],
    ["Gate", pass === undefined ? undefined : `${pass ? "open" : "closed"}: ${message}`],
    ["The tenant's answer", pass === undefined ? message : undefined],
    [
      "Alarm",
      alarmsOf
        .parse(alarms)
        .map((alarm) => alarm.message)
        .join("; "),
    ],
  ]);
}

/** Splits a history, oldest first, into hand-overs: from the entry that leaves a settled phase to the one that is settled again. */
function handOversIn(history: readonly FailoverHappening[]): (readonly FailoverHappening[])[] {
  const found: FailoverHappening[][] = [];
  let open: FailoverHappening[] | undefined;
  for (const one of history) {
    if (open === undefined && isQuiet(one.phase)) continue;
    if (open === undefined) found.push((open = []));
    open.push(one);
    if (isQuiet(one.phase)) open = undefined;
  }
  return found;
}

async function handOvers({ store, now }: StoryParts, campaign: string): Promise<Story[]> {
  const pairs = await store.failovers.list();
  const row = pairs.find(({ primary, backup }) => primary === campaign || backup === campaign);
  if (row === undefined) return [];
  const pair = readPair(row);
  const history = (await store.failovers.history(pair.primary, HISTORY)).toReversed();
  return await Promise.all(
    handOversIn(history)
      .slice(-MOST)
      .map(async (entries): Promise<Story> => {
        const [first] = entries;
        const last = entries.at(-1);
        if (first === undefined || last === undefined) throw new TypeError("a hand-over has an entry");
        const statuses = told.parse(first.event).statuses;
        const ended = isQuiet(last.phase);
        // The one that dialed when it was decided; where that was not written, the one that does not dial after it.
        const before: Side = statuses?.backup.status === "active" ? "backup" : "primary";
        const from = statuses === undefined && last.phase === "watching" ? "backup" : before;
        const readings = await store.metrics.series(pair[from], first.at - BEFORE_MS, ended ? last.at : now);
        const own = readings.map(readingOf).filter(({ windowMinutes }) => windowMinutes === pair.policy.windowMinutes);
        // By the tenant's clock, which may be ahead or behind.
        const points = thinned(own.map(pointOf)).filter(({ at }) => at <= timeText(ended ? last.at : now));
        return {
          id: `hand-over ${pair.primary} ${first.seq}`,
          kind: "hand-over",
          title: `Hand-over from ${pair[from]} to ${pair[otherSide(from)]}`,
          from: points[0]?.at ?? timeText(first.at),
          to: ended ? timeText(last.at) : null,
          curve: {
            name: `Success rate of ${pair[from]}`,
            share: true,
            points: points.map(({ at, successRate, low, high, calls }) => ({
              at,
              value: successRate,
              low,
              high,
              of: calls,
            })),
            limit: { name: "threshold", at: pair.policy.threshold },
          },
          steps: entries.map((entry) => happeningStep(entry, pair)),
        };
      }),
  );
}

const CHANGED: Readonly<Record<ChangeEvent["type"], string>> = {
  begun: "The change begins",
  resumed: "Another process goes on with it",
  intended: "The settings are sent",
  accepted: "The tenant accepts them",
  stale: "Somebody else changed them first",
  refused: "The tenant refuses them",
  lost: "The answer was lost",
  found: "Read back",
  looked: "The tenant tells how far it is",
  unknown_operation: "The tenant does not know the activation",
  unanswered: "The tenant does not answer",
  judged: "Checked what came of merging",
  measured: "Figures counted",
  unmeasured: "No figures to count",
  decided: "A person decides",
};

async function changeStory(store: Store, change: DialerChange): Promise<Story | undefined> {
  if (change.jobId === null) return undefined;
  const { guard } = readChangePlan(change.plan);
  if (guard === null) return undefined;
  const points: Story["curve"]["points"][number][] = [];
  const sum = { answered: 0, abandoned: 0 };
  const steps = (await store.dialer.journal(change.jobId)).flatMap((entry): Step[] => {
    const read = changeEvent.safeParse(entry);
    if (!read.success) return [];
    const event = read.data;
    const facts: [string, string | undefined][] = [["The tenant's answer", "message" in event ? event.message : undefined]];
    if (event.type === "looked") facts.push(["The activation", event.status.toLowerCase()]);
    if (event.type === "decided")
      facts.push(["Decided", `${event.keep ? "keep the new ones" : "put the old ones back"}, by ${event.by}`]);
    if (event.type === "measured") {
      sum.answered += event.answered;
      sum.abandoned += event.abandoned;
      const { low, high } = sum.answered === 0 ? { low: null, high: null } : wilsonInterval(sum.abandoned, sum.answered);
      const value = sum.answered === 0 ? null : sum.abandoned / sum.answered;
      points.push({ at: timeText(event.at), value, low, high, of: sum.answered });
      facts.push(["Abandoned since it is in force", `${sum.abandoned} of ${sum.answered} answered calls`]);
    }
    return [stepOf(event.at, CHANGED[event.type], facts)];
  });
  if (change.endedAt !== null)
    steps.push(
      stepOf(change.endedAt, capital((change.outcome ?? "ended").replaceAll("_", " ")), [["How it ended", change.message]]),
    );
  return {
    id: `settings ${change.version}`,
    kind: "settings",
    title: `Dialer settings, version ${change.version}, under guard`,
    from: timeText(change.createdAt),
    to: timeText(change.endedAt),
    curve: {
      name: "Abandonment since they are in force",
      share: true,
      points: thinned(points),
      limit: { name: "limit", at: guard.limit },
    },
    steps,
  };
}

/** Campaigns that are named one by one in a step. */
const NAMED = 3;

function saidOf({ confirmed, outcome, message, activeCalls }: EmergencyStopReport["campaigns"][number]): string {
  const what = message ?? (confirmed || outcome === "seen" ? "paused" : "not confirmed paused");
  return activeCalls === null ? what : `${what}, ${activeCalls} calls under way`;
}

function stopStory({ stop, campaigns }: EmergencyStopReport, campaign: string | undefined): Story {
  const { id, actor, reason, createdAt, endedAt, listProblem } = stop;
  const known = campaigns.filter(({ outcome }) => outcome !== null).toSorted((a, b) => a.updatedAt - b.updatedAt);
  let open = campaigns.length;
  const points = [{ at: timeText(createdAt), value: open, low: null, high: null, of: null }];
  const steps = [
    stepOf(createdAt, "The stop is given", [
      ["Given by", actor],
      ["Reason", reason],
      ["Campaigns", String(campaigns.length)],
    ]),
  ];
  for (const [at, those] of Map.groupBy(known, ({ updatedAt }) => Math.max(createdAt, updatedAt))) {
    const sure = those.filter(({ confirmed, outcome }) => confirmed || outcome === "seen");
    open -= sure.length;
    points.push({ at: timeText(at), value: open, low: null, high: null, of: null });
    const own = those.find(({ campaignId }) => campaignId === campaign);
    const names = those.slice(0, NAMED).map(({ campaignId }) => campaignId);
    steps.push(
      stepOf(at, sure.length === 0 ? "Looked at, not confirmed paused" : `${sure.length} confirmed paused`, [
        ["Not confirmed paused", String(open)],
        ["Looked at then", `${names.join(", ")}${those.length > NAMED ? ` and ${those.length - NAMED} more` : ""}`],
        [campaign ?? "", own && saidOf(own)],
      ]),
    );
  }
  if (endedAt !== null)
    steps.push(
      stepOf(endedAt, open === 0 && listProblem === null ? "Ended: all confirmed paused" : "Ended, not all is known", [
        ["Not confirmed paused", String(open)],
        ["Not known", listProblem?.message],
      ]),
    );
  return {
    id: `stop ${id}`,
    kind: "stop",
    title: stop.scope === null ? "Stop of all campaigns" : `Stop of ${stop.scope.length} campaigns`,
    from: timeText(createdAt),
    to: timeText(endedAt),
    curve: { name: "Campaigns not confirmed paused", share: false, points, limit: null },
    steps,
  };
}

/** What stories are asked for: of a campaign, of one stop, of one version of the settings. */
export interface StoriesOf {
  readonly campaign?: string | undefined;
  readonly stop?: string | undefined;
  readonly version?: number | undefined;
}

/** Stories, newest first. */
export async function storiesOf({ campaign, stop, version }: StoriesOf, parts: StoryParts): Promise<readonly Story[]> {
  const { store, stops } = parts;
  const latest = campaign === undefined ? [] : await store.dialer.list(10 * MOST);
  const own = latest.filter(({ subject }) => subject === "" || subject === campaign);
  const settings: Story[] = [];
  for (const change of version === undefined ? own : [await store.dialer.byVersion(version)]) {
    const one = change === undefined || settings.length === MOST ? undefined : await changeStory(store, change);
    if (one !== undefined) settings.push(one);
  }
  const ids = campaign === undefined ? [] : (await stops.list(MOST)).map(({ id }) => id);
  const reports = await Promise.all((stop === undefined ? ids : [stop]).map((id) => stops.report(id)));
  const about = reports.filter(({ campaigns }) => campaign === undefined || campaigns.some((one) => one.campaignId === campaign));
  const handed = campaign === undefined ? [] : await handOvers(parts, campaign);
  const began = ({ steps, from }: Story) => steps[0]?.at ?? from;
  return [...handed, ...settings, ...about.map((one) => stopStory(one, campaign))].sort((a, b) => (began(a) < began(b) ? 1 : -1));
}
