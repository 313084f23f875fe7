// Pausing and resuming a campaign: record the intent, act, read back, and for a pause wait until no call is under way.
//
//   intent durable → sent with its key → answered (or "already there") → read back → [pause: drained] → ended with its audit entry
//                          │ reply lost: the intent stays open, the next attempt sends the same key
//                          └ refused: ended as failed
//   read back in another state: the answer to the key was an old one; the intent is superseded, a new one with a new key follows
//   resume: stopped or paused by a person before it is sent: superseded; after it was sent: paused again

import { type Clock, doubledMs, type Instant, MINUTE_MS, messageOf } from "../../../kernel/index.ts";
import type { IntentOutcome, TargetState } from "../../../store/index.ts";
import { type CallOptions, type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import { type Leave, whileTrusted, whileWanted } from "../../run/leave.ts";
import type { CampaignReading } from "../metrics/index.ts";
import type { Intent, IntentBook } from "./intents.ts";

/** What changes of state need. */
export interface ChangeDeps {
  readonly runner: CampaignRunner;
  /** The present figures, requested from the vendor. */
  readonly figures: (campaignId: string, options: CallOptions) => Promise<Pick<CampaignReading, "at" | "activeCalls">>;
  readonly intents: IntentBook;
  readonly clock: Clock;
  /**
   * Whether no other process can have considered this one dead and continued its work: a resume is only sent then. See
   * `Membership.trust`.
   */
  readonly isTrusted?: (() => boolean) | undefined;
}

/** Options of a pause or resume. */
export interface ChangeOptions {
  readonly reason?: string | undefined;
  /** How long a pause waits for calls under way, ms; 0 does not wait. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Added to the audit entry. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Time limit of one request with all its repetitions, ms; after that its outcome is unknown. By default the client's own limit.
   */
  readonly sendMs?: number | undefined;
  /** The same request was sent before and its reply was lost: when the campaign is already in the state, that request did it. */
  readonly isSentBefore?: boolean | undefined;
  /** Of a resume: the latest emergency stop when it was asked for; the latest one now by default. A later one calls it off. */
  readonly stopMark?: number | undefined;
  /** Called when the tenant has confirmed the state in its answer, before it is read back. */
  readonly onAnswered?: ((outcome: "changed" | "already", campaignId: string) => Promise<void>) | undefined;
  /** Called before anything is done to a campaign. */
  readonly onBegun?: ((campaignId: string) => void) | undefined;
}

/** How a change of state ended. */
export interface StateChange {
  readonly campaignId: string;
  readonly target: TargetState;
  /**
   * `changed`, `already`: the tenant says that the campaign is in the state; `already` when nothing sent for this change can have
   * caused it. `failed`: it is not, `code` and `message` say why. `unknown`: the reply was lost; a repetition sends the same key.
   * `superseded`: the change is no longer to be made; nothing was sent, or a resume was undone, which `message` says.
   */
  readonly outcome: "changed" | "already" | "failed" | "unknown" | "superseded";
  /** Whether the tenant showed the state at the last look; null when there was no look, or no answer. */
  readonly shown: boolean | null;
  /** Read back: the tenant shows the state and, after a pause, no call under way. */
  readonly confirmed: boolean;
  /** Calls under way at the last look; null when that is not known. */
  readonly activeCalls: number | null;
  /** Why it failed, or why it is not confirmed. */
  readonly message: string | null;
  /** Code of the error behind it. */
  readonly code: string | null;
}

/** An old answer is detected by reading back; when that happens with so many keys, something else keeps changing the state. */
const MOST_KEYS = 3;
const FIRST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 10_000;

/**
 * Changes the state of one campaign. Rejects only when the store fails or the call is aborted: the tenant's answers are values.
 */
export async function changeState(
  deps: ChangeDeps,
  campaignId: string,
  target: TargetState,
  options: ChangeOptions,
): Promise<StateChange> {
  const { intents, runner } = deps;
  let isOurs = options.isSentBefore === true;
  let mayStart = false;
  const given = { ...(options.reason === undefined ? {} : { reason: options.reason }), ...options.details };
  for (let keys = 1; ; keys += 1) {
    const intent = await intents.begin(campaignId, target, { reason: options.reason, stopMark: options.stopMark });
    if (intent === undefined) return { campaignId, target, ...NOT_TO_BE_DONE };
    if (keys === 1) options.onBegun?.(campaignId);
    mayStart ||= intent.mayStart;
    const end = (outcome: IntentOutcome, message: string | null, confirmed: boolean, activeCalls: number | null) =>
      intents.end(intent, { campaignId, target, outcome, message, confirmed, details: { activeCalls, ...given } });
    // A person who ends a resume, by Ctrl-C or by ending the service, does not want another process to continue it.
    const givenUp = async (thrown: unknown): Promise<never> => {
      if (target === "active") await intents.leave(intent);
      throw thrown;
    };
    const sent = await send(deps, intent, campaignId, target, options).catch(givenUp);
    const calledOff = target === "active" && sent.outcome !== "failed" ? await intents.calledOff(intent) : null;
    if (calledOff !== null) {
      await end("superseded", calledOff, false, null);
      if (!sent.isSent) return { campaignId, target, ...NOT_TO_BE_DONE, message: `${calledOff}; nothing was sent` };
      return { ...(await undo(deps, campaignId, calledOff, options)), target, outcome: "superseded" };
    }
    const { earlierUnknown, isSent: _, ...notDone } = sent;
    if (notDone.outcome === "failed") {
      await end("failed", notDone.message, false, null);
      return { campaignId, target, ...notDone, shown: null };
    }
    isOurs ||= sent.outcome === "changed" || earlierUnknown;
    const answered = sent.outcome === "already" && !isOurs ? "already" : "changed";
    if (sent.outcome !== "unknown") await options.onAnswered?.(answered, campaignId);
    // A tenant that accepts a change and makes it later does not store answers by key: outdial waits until it shows the state.
    const newKey = intent.reused && keys < MOST_KEYS && !runner.capability.asynchronous;
    const impatient = newKey || sent.outcome === "unknown";
    const seen = await readBack(deps, campaignId, target, { ...options, impatient }).catch(givenUp);
    const shown = shownBy(seen);
    // After a lost reply, the state at the tenant decides; when it is not the wanted one, the intent stays open.
    if (sent.outcome === "unknown" && !seen.there) {
      // A process that is ending leaves a pause to a service.
      if (sent.code !== ENDING || target === "active") await intents.leave(intent);
      return { campaignId, target, ...notDone, shown };
    }
    if (!seen.there && seen.code === null && newKey) {
      await end("superseded", seen.message, false, null);
      continue;
    }
    const { activeCalls, code } = seen;
    const confirmed = seen.confirmed && !mayStart;
    const message = seen.confirmed && mayStart ? MAY_START : seen.message;
    await end(answered, message, confirmed, activeCalls);
    return { campaignId, target, outcome: answered, confirmed, shown, activeCalls, message, code };
  }
}

export const MAY_START = "a start of it that was asked for before may still be on its way to the tenant";

const NOT_TO_BE_DONE = {
  outcome: "superseded",
  confirmed: false,
  shown: null,
  activeCalls: null,
  message: "it is no longer needed: the opposite was asked for, or another process does it",
  code: null,
} as const;

/** Pauses a campaign whose resume was called off after it was sent: it may have come into force after the stop's own pause. */
async function undo(
  deps: ChangeDeps,
  campaignId: string,
  calledOff: string,
  { timeoutMs, signal, sendMs }: ChangeOptions,
): Promise<StateChange> {
  const undone = await changeState(deps, campaignId, "paused", { timeoutMs, signal, sendMs, reason: calledOff });
  const { confirmed, message: why } = undone;
  const done = confirmed ? "it was paused again" : `that it is paused again is not confirmed${why === null ? "" : `: ${why}`}`;
  return { ...undone, confirmed: false, shown: false, message: `${calledOff} after it was sent; ${done}` };
}

/**
 * Looks again at a pause that was not confirmed, and sends nothing. @param options.since when the campaign was first seen paused
 */
export async function lookAgain(
  deps: Pick<ChangeDeps, "runner" | "clock" | "figures">,
  campaignId: string,
  options: Pick<ChangeOptions, "timeoutMs" | "signal" | "sendMs"> & { readonly since: number; readonly figures?: FirstFigures },
): Promise<Pick<StateChange, "confirmed" | "shown" | "activeCalls" | "message" | "code">> {
  const seen = await readBack(deps, campaignId, "paused", { ...options, impatient: true });
  const { confirmed, activeCalls, message, code } = seen;
  return { confirmed, shown: shownBy(seen), activeCalls, message, code };
}

/** So far the tenant's clock may be ahead of ours before its times say nothing, ms. */
const AHEAD_MS = MINUTE_MS;

/** The first figures that were seen after a pause; kept from one look to the next. */
export interface FirstFigures {
  /** Their time; null when they have none. */
  at?: Instant | null;
  /** They are of a time that has not come yet: only figures that have moved since count. */
  isAhead?: boolean;
}

/** Whether a campaign that shows this state does not dial: paused, or a skill that is switched off. */
export const isStill = (status: string): boolean => status === "paused" || status === "inactive";

const shownBy = ({ there, code }: Seen): boolean | null => (there ? true : code === null ? false : null);

/** What came of sending. */
type Sent = Pick<StateChange, "outcome" | "confirmed" | "activeCalls" | "message" | "code"> & {
  /** The tenant may have it. */
  readonly isSent: boolean;
  readonly earlierUnknown: boolean;
};

const UNSENT: Sent = {
  outcome: "unknown",
  confirmed: false,
  activeCalls: null,
  message: null,
  code: null,
  isSent: false,
  earlierUnknown: false,
};

/** Sends a pause always, and a resume while it is wanted and no other process may have continued it. */
async function send(
  deps: ChangeDeps,
  intent: Intent,
  campaignId: string,
  target: TargetState,
  options: ChangeOptions,
): Promise<Sent> {
  const { intents, clock, isTrusted = () => true } = deps;
  const leave = whileTrusted(() => target === "paused" || isTrusted());
  const ask = (asked: Leave) => sendOnce(deps, intent, campaignId, target, options, asked);
  if (target === "paused") return ask(leave);
  const started = await whileWanted({ clock, leave, calledOff: () => intents.calledOff(intent) }, ask);
  if ("result" in started) return started.result;
  if (started.error !== undefined) throw started.error;
  return UNSENT;
}

async function sendOnce(
  { runner }: ChangeDeps,
  intent: Intent,
  campaignId: string,
  target: TargetState,
  { signal, sendMs }: ChangeOptions,
  { confirmed, halt }: Leave,
): Promise<Sent> {
  try {
    const { already, earlierUnknown } = await runner.setStatus(campaignId, target, {
      idempotencyKey: intent.key,
      signal,
      deadlineMs: sendMs,
      confirmed,
      halt,
    });
    return { ...UNSENT, isSent: true, outcome: already ? "already" : "changed", earlierUnknown };
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || signal?.aborted === true) throw thrown;
    const { code, outcomeUnknown } = thrown;
    const message = halt.aborted ? notSent(outcomeUnknown) : thrown.message;
    return { ...UNSENT, isSent: outcomeUnknown, outcome: isOpen(thrown) ? "unknown" : "failed", message, code };
  }
}

const notSent = (outcomeUnknown: boolean) =>
  `this process stood still or lost the database, and another one may have continued it: ${outcomeUnknown ? "it was not sent again" : "nothing was sent"}; ask again`;

/** The code of a request that was cut off because this process is ending. */
const ENDING = "aborted";

/** Whether the change may still have happened, or may yet happen: then the intent stays open. */
function isOpen({ outcomeUnknown, code }: TenantError): boolean {
  return outcomeUnknown || ["unknown_outcome", "vendor_unavailable", "rate_limited", "deadline_exceeded", ENDING].includes(code);
}

interface Seen {
  /** Whether the tenant shows the wanted state. */
  readonly there: boolean;
  readonly confirmed: boolean;
  readonly activeCalls: number | null;
  readonly message: string | null;
  readonly code: string | null;
}

/**
 * Looks until the tenant shows the state and, for a pause, no call under way. Figures from before the pause prove nothing:
 * figures count when they are from a later time by our clock that has come, or later than the first ones seen after it (the
 * tenant's clock may be behind or ahead), or have no time.
 */
async function readBack(
  deps: Pick<ChangeDeps, "runner" | "clock" | "figures">,
  campaignId: string,
  target: TargetState,
  {
    signal,
    timeoutMs,
    impatient,
    sendMs,
    figures: first = {},
    ...given
  }: ChangeOptions & { readonly impatient: boolean; readonly since?: number; readonly figures?: FirstFigures },
): Promise<Seen> {
  const { runner, clock, figures } = deps;
  const began = clock.now();
  const since = given.since ?? began;
  // These requests come after all pauses that wait for the same budget.
  const call: CallOptions = { signal, lane: "pacing", deadlineMs: sendMs };
  let seen: Seen = { there: false, confirmed: false, activeCalls: null, message: null, code: null };
  try {
    for (let turn = 0; ; turn += 1) {
      if (!seen.there) {
        const { status } = await runner.status(campaignId, call);
        const there = status === target || (target === "paused" && isStill(status));
        seen = { ...seen, there, message: there ? null : `the tenant shows the campaign ${status}, not ${target}` };
        if (there && target === "active") return { ...seen, confirmed: true };
        if (!there && impatient) return seen;
      }
      if (seen.there) {
        const { at, activeCalls } = await figures(campaignId, call);
        const isAhead = at !== null && at > clock.now() + AHEAD_MS;
        if (first.at === undefined) Object.assign(first, { at, isAhead });
        const hasMoved = at !== null && typeof first.at === "number" && at > first.at;
        const fresh = at === null || hasMoved || (at >= since && first.isAhead !== true && !isAhead);
        if (activeCalls === 0 && fresh) return { ...seen, confirmed: true, activeCalls, message: null };
        seen = { ...seen, activeCalls, message: notDrained(activeCalls, timeoutMs) };
      }
      const left = began + timeoutMs - clock.now();
      if (left <= 0) return seen;
      await clock.sleep(Math.min(doubledMs(FIRST_LOOK_MS, LONGEST_LOOK_MS, turn), left), signal);
    }
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || signal?.aborted === true) throw thrown;
    return { ...seen, message: `it could not be read back: ${messageOf(thrown)}`, code: thrown.code };
  }
}

function notDrained(active: number | null, timeoutMs: number): string {
  const within = timeoutMs === 0 ? "" : `, within ${timeoutMs / 1000} s`;
  if (active === null) return `the tenant does not say how many calls are under way${within}`;
  if (active === 0) return `the tenant gave no figures from after the pause${within}`;
  return `${active} ${active === 1 ? "call was" : "calls were"} still under way${within}`;
}

/** Pauses campaigns by their ids, all at once. */
export function pauseAll(
  deps: ChangeDeps,
  ids: readonly string[],
  options: ChangeOptions,
  onChange: (change: StateChange) => void,
): Promise<StateChange[]> {
  return Promise.all(
    [...new Set(ids)].map(async (id) => {
      const change = await changeState(deps, id, "paused", options);
      onChange(change);
      return change;
    }),
  );
}
