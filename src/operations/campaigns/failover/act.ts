// Carries out the commands of a pair at the tenant and returns the result as an event. No other file of failover uses the
// network.

import type { Clock } from "../../../kernel/index.ts";
import { type CallOptions, type Lane, type MetricsSource, TenantError } from "../../../tenant/port.ts";
import { type Leave, whileWanted } from "../../run/leave.ts";
import { type DncBeforeStart, dncWords, type NamedStart } from "../../tenant-dnc/index.ts";
import type { CampaignMetrics, CampaignReading } from "../metrics/index.ts";
import { type CampaignGate, listedWords, resumeVerdict } from "../state/index.ts";
import { type CalledDeps, handContacts, handedOf, isRefusal } from "./called.ts";
import { startingHandover } from "./machine.ts";
import type { FailoverPolicy } from "./policy.ts";
import { createTriggerRule, type TriggerReading } from "./rule.ts";
import type { FailoverEvent, FailoverState, GivenOrder, Handover, PairCommand, Side, SideReading, Statuses } from "./state.ts";

/** An event without its time. */
type Happening = FailoverEvent extends infer Each ? (Each extends FailoverEvent ? Omit<Each, "at"> : never) : never;

/** What commands are carried out with. */
export interface ActDeps extends CalledDeps {
  readonly source: MetricsSource;
  readonly metrics: Pick<CampaignMetrics, "read">;
  readonly gate: CampaignGate;
  /** Compares the tenant's own do-not-call groups with the company's list; null where it has none. See `dncBeforeStart`. */
  readonly doNotCall: (campaignId: string, call: CallOptions | undefined, start?: NamedStart) => Promise<DncBeforeStart | null>;
  /** Who acts when a start was not ordered by a person. */
  readonly actor: string;
  /** What is outdated in the compliance data; null when nothing is. */
  readonly compliance: (at: number) => Promise<string | null>;
  /** The latest stop now: see `StopLedger.mark`. */
  readonly stopMark: () => Promise<number>;
  /** A sentence when a person has paused a campaign, or stopped it, since the hand-over was decided; null otherwise. */
  readonly stopped: (campaignId: string, handover: Handover) => Promise<string | null>;
  /** The tenant's clock minus ours, ms; null when it is not known. */
  readonly skewMs: () => number | null;
  /** Notes that the tenant shows a start with a key in force. */
  readonly inForce: (key: string) => Promise<void>;
  readonly clock: Clock;
  /** The process's own clock. */
  readonly ownClock: Clock;
}

/** The pair that is acted for. */
export interface ActFor {
  readonly ids: Readonly<Record<Side, string>>;
  readonly policy: FailoverPolicy;
  readonly state: FailoverState;
  readonly order: GivenOrder | null;
  readonly signal: AbortSignal;
  /** A start is given it. */
  readonly leave: Leave;
}

/** Carries out one command. Rejects only when aborted, or for errors that are not answers of the tenant. */
export async function actForPair(command: PairCommand, given: ActFor, deps: ActDeps): Promise<Happening> {
  try {
    return await unlessStopped(command, given, deps);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return unanswered(thrown);
  }
}

const unanswered = (thrown: TenantError) =>
  ({ type: "unanswered", code: thrown.code, message: thrown.message, fatal: isRefusal(thrown) }) as const;

/** What leads to an activation ends as soon as a person stops everything, or pauses what is to be activated. */
async function unlessStopped(command: PairCommand, given: ActFor, deps: ActDeps): Promise<Happening> {
  const start = startingHandover(given.state);
  if (start === null) return carryOut(command, given, deps);
  const calledOff = () => deps.stopped(given.ids[start.to], start);
  const { leave, signal } = given;
  const done = await whileWanted({ clock: deps.ownClock, leave, calledOff }, (wanted) =>
    carryOut(command, { ...given, leave: wanted, signal: AbortSignal.any([signal, wanted.halt]) }, deps),
  );
  if ("result" in done) return done.result;
  const { error, calledOff: message } = done;
  // The activation may have arrived: it is read back.
  if (error instanceof TenantError && error.outcomeUnknown && command.kind === "activate") return unanswered(error);
  return { type: "stopped", message };
}

async function carryOut(command: PairCommand, given: ActFor, deps: ActDeps): Promise<Happening> {
  switch (command.kind) {
    case "look":
      return look(given, deps);
    case "confirm":
      return { type: "seen", statuses: await statusesOf(given, deps, true) };
    case "pause":
      await setStatus(deps, given, command.side, "paused", command.key);
      return { type: "sent" };
    case "secure":
      for (const side of command.sides) await setStatus(deps, given, side, "paused", `${command.key}-${side}`);
      return { type: "seen", statuses: await statusesOf(given, deps, false) };
    case "activate": {
      const statuses = await statusesOf(given, deps, false);
      const { from, to } =
        command.side === "primary" ? ({ from: "backup", to: "primary" } as const) : ({ from: "primary", to: "backup" } as const);
      // Never both: a campaign is activated only while the other one is paused.
      if (statuses[from].status === "active" || statuses[to].status === "active") return { type: "seen", statuses };
      await setStatus(deps, given, command.side, "active", command.key);
      return { type: "sent" };
    }
    case "hand-over":
      return handOver(command, given, deps);
    default:
      return pass(command.side, given, deps, {
        what: `failover ${given.ids.primary}, hand-over ${given.state.handover?.number ?? 0}`,
        by: deps.actor,
      });
  }
}

/** How long to wait until an accepted change is in force, ms. */
const ACCEPTED_MS = 20_000;
const ACCEPTED_LOOK_MS = 1000;

async function setStatus(
  { runner, clock, inForce }: Pick<ActDeps, "runner" | "clock" | "inForce">,
  { ids, signal, leave: { halt, confirmed } }: Pick<ActFor, "ids" | "signal" | "leave">,
  side: Side,
  status: "active" | "paused",
  idempotencyKey: string,
) {
  // A running write is not aborted, since its outcome would be unknown. It ends by the client's own deadlines.
  signal.throwIfAborted();
  const lane = status === "paused" ? "stop" : "pacing";
  // A pause is always sent.
  const asked = status === "paused" ? {} : { halt, confirmed };
  const { already } = await runner.setStatus(ids[side], status, { idempotencyKey, lane, ...asked });
  if (already || !runner.capability.asynchronous) return;
  // "Not in force yet" is not "still active": the following looks read and judge the result.
  for (const until = clock.now() + ACCEPTED_MS; clock.now() < until; await clock.sleep(ACCEPTED_LOOK_MS, signal))
    if ((await runner.status(ids[side], { signal, lane })).status === status) {
      if (status === "active") await inForce(idempotencyKey);
      return;
    }
}

/** A hand-over under way passes before everything else, and what a person ordered before the background; a regular look has time. */
function laneOf({ state, order }: Pick<ActFor, "state" | "order">): Lane {
  if (state.handover !== null || state.securing !== null) return "stop";
  return order === null ? "watch" : "pacing";
}

/** @param draining whether the calls of paused campaigns are asked for, too */
async function statusesOf(
  { ids, signal, state, order }: Omit<ActFor, "leave">,
  { runner, source }: ActDeps,
  draining: boolean,
): Promise<Statuses> {
  const lane = laneOf({ state, order });
  const one = async (side: Side): Promise<SideReading> => {
    const { status } = await runner.status(ids[side], { signal, lane });
    if (status === "active" || !draining) return { status, activeCalls: null };
    const { activeCalls } = await source.campaign(ids[side], undefined, { signal, lane });
    return { status, activeCalls: activeCalls ?? null };
  };
  const [primary, backup] = await Promise.all([one("primary"), one("backup")]);
  return { primary, backup };
}

/** Throws TenantError. */
export async function look(
  given: Omit<ActFor, "leave">,
  deps: ActDeps,
): Promise<Extract<Happening, { readonly type: "looked" }>> {
  const { policy, state, ids, signal, order } = given;
  const [askedAt, mark] = [deps.clock.now(), await deps.stopMark()];
  const statuses = await statusesOf(given, deps, false);
  const rule = createTriggerRule(policy);
  // The statuses show changes by hand; the figures are those of the campaign that should dial.
  const dials = statuses[state.side].status === "active";
  const read = (minutes: number) => deps.metrics.read(ids[state.side], minutes, { signal, lane: laneOf(given) });
  const window = dials ? await read(policy.windowMinutes) : undefined;
  const asked = window === undefined ? undefined : readingOf(window);
  const long = asked !== undefined && rule.wantsLong(asked) ? readingOf(await read(rule.longMinutes)) : undefined;
  const verdict = asked === undefined ? null : rule.judge(asked, long);
  return {
    type: "looked",
    askedAt,
    mark,
    statuses,
    verdict,
    metricsAt: window?.at ?? null,
    skewMs: deps.skewMs(),
    compliance: await deps.compliance(deps.clock.now()),
    order,
  };
}

const readingOf = ({ success, successRate, windowMinutes }: CampaignReading): TriggerReading => ({
  windowMinutes,
  successes: success?.successes ?? null,
  calls: success?.calls ?? null,
  successRate,
});

async function handOver(
  { from, to }: Extract<PairCommand, { kind: "hand-over" }>,
  { ids, policy, state, signal }: ActFor,
  deps: ActDeps,
): Promise<Happening> {
  const handed = await handContacts(
    deps,
    {
      primary: ids.primary,
      number: state.handover?.number ?? 0,
      from: ids[from],
      to: ids[to],
      holdHours: policy.holdHours,
      overlap: policy.overlap,
      at: deps.clock.now(),
    },
    true,
    { signal },
  );
  return handedOf(handed, policy, ids[to]);
}

/**
 * Asks the gate for a side, and compares the tenant's do-not-call groups with the company's list. Throws TenantError.
 * @param start absent for a rehearsal, which copies no numbers
 */
export async function pass(
  side: Side,
  { ids, signal }: Pick<ActFor, "ids" | "signal">,
  deps: ActDeps,
  start?: NamedStart,
): Promise<Extract<Happening, { readonly type: "gated" }>> {
  const call = { signal };
  const verdict = await deps.gate(ids[side], { at: deps.clock.now(), call });
  const { allowed, refusals, doNotCall } = await resumeVerdict(
    { doNotCall: deps.doNotCall },
    verdict,
    start === undefined ? { call } : { call, start },
  );
  const message = refusals.map(({ text }) => text).join("; ");
  const isMendable = refusals.every(({ code }) => code === "company_list_not_held");
  if (!allowed) return { type: "gated", pass: false, message, isMendable };
  const listed = verdict.onCompanyList === 0 ? "" : `; ${listedWords(verdict)}`;
  const told = doNotCall === undefined ? listed : `; of the tenant's do-not-call groups: ${dncWords(doNotCall)}`;
  return { type: "gated", pass: true, message: `somebody on its list may be called now${told}` };
}
