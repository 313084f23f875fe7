// Carries out the commands of the state machine for one interaction, and turns the tenant's answers into its events.

import { type Clock, doubledMs, type RandomStream } from "../../kernel/index.ts";
import { type CallOptions, type CallReport, type InteractionDispositions, type Lock, TenantError } from "../../tenant/port.ts";
import type { Leave } from "../run/leave.ts";
import type { Entry, Version } from "./entry.ts";
import {
  beginCorrection,
  type Command,
  type Correction,
  type CorrectionEvent,
  decideNext,
  type Next,
  type Outcome,
} from "./machine.ts";

/** Pauses grow from the first to the second, in full jitter, ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/** What one correction needs. */
export interface CorrectDependencies {
  readonly interactions: Pick<InteractionDispositions, "read" | "replace">;
  readonly clock: Clock;
  readonly random: RandomStream;
  /** Records durably what is about to be written; rejects when this process may no longer write. */
  readonly announce: (base: Version, dispositions: readonly Entry[]) => Promise<void>;
  /** Whether it may continue. A write that may have been executed is read back first, even when it was halted. */
  readonly leave?: Leave | undefined;
}

/** The result of a correction, and its cost. */
export interface Corrected {
  readonly outcome: Outcome;
  /** Writes sent, including repetitions within the client. */
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  /** From the first read to the last, including pauses, ms. */
  readonly latencyMs: number;
  readonly rateLimited: number;
  /** Number of writes that lost against another writer. */
  readonly conflicts: number;
  /** The body of the tenant's last 5xx reply. */
  readonly vendorBody: string | undefined;
  /** Why the tenant could not be reached, when that ended it. */
  readonly failure: TenantError | undefined;
}

/** Measurements during a correction. */
interface Meter {
  attempts: number;
  readonly attemptLatenciesMs: number[];
  rateLimited: number;
  conflicts: number;
  vendorBody: string | undefined;
  failure: TenantError | undefined;
  /** A write may have been executed, and nothing was read since. */
  open: boolean;
}

/** A version with its lock, for a write based on it. */
interface LockedVersion extends Version {
  readonly lock: Lock;
}

/**
 * Corrects one interaction.
 * @param announced the version for which an earlier process recorded a write
 * @throws TenantError for what concerns all corrections (rights, token, interruption); whatever `announce` throws
 */
export async function correctDisposition(
  deps: CorrectDependencies,
  interactionId: string,
  correction: Correction,
  announced?: Version,
): Promise<Corrected> {
  const since = deps.clock.now();
  const meter: Meter = {
    attempts: 0,
    attemptLatenciesMs: [],
    rateLimited: 0,
    conflicts: 0,
    vendorBody: undefined,
    failure: undefined,
    open: false,
  };
  let next: Next = beginCorrection(announced);
  let lock: Lock | undefined;
  while (next.command !== undefined) {
    let event: CorrectionEvent;
    try {
      event = await carryOut(deps, interactionId, next.command, lock, meter);
    } catch (thrown) {
      if (!meter.open || !(thrown instanceof TenantError) || thrown.code !== "aborted") throw thrown;
      const outcome: Outcome = { result: "unknown", message: `${thrown.message} before it could be read back` };
      return { ...measuredBy(meter), failure: thrown, outcome, latencyMs: deps.clock.now() - since };
    }
    if (event.type === "written" || event.type === "lost") meter.open = true;
    else if (event.type === "read") meter.open = false;
    if (event.type === "read" && "lock" in event.version) ({ lock } = event.version as LockedVersion);
    if (event.type === "conflict") meter.conflicts += 1;
    next = decideNext(correction, next.state, event);
  }
  if (next.state.at !== "ended") throw new Error(`a correction that is ${next.state.at} has nothing to do`);
  return { ...measuredBy(meter), failure: meter.failure, outcome: next.state.outcome, latencyMs: deps.clock.now() - since };
}

function measuredBy({ attempts, attemptLatenciesMs, rateLimited, conflicts, vendorBody }: Meter) {
  return { attempts, attemptLatenciesMs, rateLimited, conflicts, vendorBody };
}

async function carryOut(
  deps: CorrectDependencies,
  id: string,
  command: Command,
  lock: Lock | undefined,
  meter: Meter,
): Promise<CorrectionEvent> {
  switch (command.do) {
    case "read":
      return read(deps, id, meter);
    case "write":
      if (lock === undefined) throw new Error("a write needs the lock of what was read");
      await deps.announce(command.base, command.dispositions);
      return write(deps, id, command.dispositions, lock, meter);
    case "pause":
      await deps.clock.sleep(pauseMs(command.attempt, deps.random), leaveOf(deps, meter)?.halt);
      return { type: "paused" };
  }
}

const callOf = (leave: Leave | undefined): CallOptions => ({
  lane: "tagging",
  halt: leave?.halt,
  confirmed: leave?.confirmed,
});

/** Full jitter: writers that collided once should not collide again. */
function pauseMs(attempt: number, random: RandomStream): number {
  return random.next() * doubledMs(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, attempt - 1);
}

/** A write that may have been executed is read back, even when it was halted. */
function leaveOf({ leave }: CorrectDependencies, { open }: Meter): Leave | undefined {
  return open ? undefined : leave;
}

async function read(deps: CorrectDependencies, id: string, meter: Meter): Promise<CorrectionEvent> {
  try {
    const { value, lock } = await deps.interactions.read(id, callOf(leaveOf(deps, meter)));
    if (lock === undefined)
      return {
        type: "read_failed",
        why: "refused",
        message: "the tenant gave no version tag; without it, entries of others could be overwritten",
      };
    meter.failure = undefined;
    const version: LockedVersion = { tag: lock.tag, dispositions: value.dispositions.map(entryOf), lock };
    return { type: "read", version };
  } catch (thrown) {
    if (thrown instanceof TenantError) meter.vendorBody = thrown.vendorBody ?? meter.vendorBody;
    const failure = itemFailure(thrown);
    const { message, statusCode, why } = failure;
    if (why === "unavailable" && thrown instanceof TenantError) meter.failure = thrown;
    return { type: "read_failed", why: why === "invalid" || why === "other" ? "refused" : why, message, statusCode };
  }
}

async function write(
  { interactions, leave }: CorrectDependencies,
  id: string,
  dispositions: readonly Entry[],
  lock: Lock,
  meter: Meter,
): Promise<CorrectionEvent> {
  try {
    const sent = await interactions.replace(id, dispositions.map(onWire), lock, callOf(leave));
    note(meter, sent);
    return { type: "written", version: { tag: sent.etag ?? "", dispositions: sent.reply.dispositions.map(entryOf) } };
  } catch (thrown) {
    if (thrown instanceof TenantError) {
      note(meter, thrown.report);
      meter.vendorBody = thrown.vendorBody ?? meter.vendorBody;
      meter.open ||= thrown.outcomeUnknown;
    }
    const failure = itemFailure(thrown);
    const { message, statusCode, why, lost } = failure;
    if (thrown instanceof TenantError && (thrown.code === "stale_lock" || thrown.code === "conflict"))
      return { type: "conflict", message };
    if (lost) return { type: "lost", message };
    if (why === "unavailable") return { type: "not_written", message, statusCode };
    return { type: "refused", why, message, statusCode };
  }
}

function note(meter: Meter, report: CallReport): void {
  meter.attempts += report.attempts.length;
  for (const attempt of report.attempts) meter.attemptLatenciesMs.push(attempt.latencyMs);
  meter.rateLimited += report.rateLimited;
}

interface ItemFailure {
  readonly why: "not_found" | "forbidden" | "unavailable" | "invalid" | "other";
  readonly message: string;
  readonly statusCode: number | undefined;
  /** A write may have been executed nevertheless. */
  readonly lost: boolean;
}

/** The meaning of a failure for this interaction. Throws what concerns all of them. */
function itemFailure(thrown: unknown): ItemFailure {
  if (!(thrown instanceof TenantError)) throw thrown;
  const { message, status: statusCode } = thrown;
  const as = (why: ItemFailure["why"], lost = false): ItemFailure => ({ why, message, statusCode, lost });
  switch (thrown.code) {
    case "not_found":
      return as("not_found");
    case "missing_scope":
      // Without the scope all corrections fail; with it, the interaction belongs to another organization.
      if (thrown.details["scopeGranted"] === false) throw thrown;
      return as("forbidden");
    case "invalid_request":
    case "refused":
      return as(statusCode === undefined || statusCode === 400 || statusCode === 422 ? "invalid" : "other");
    case "stale_lock":
    case "conflict":
      return as("other");
    case "unknown_outcome":
      return as("unavailable", true);
    case "vendor_unavailable":
    case "rate_limited":
    case "invalid_reply":
    case "body_too_large":
      return as("unavailable", thrown.outcomeUnknown);
    default:
      throw thrown;
  }
}

function entryOf({ code, description, agent_id, timestamp, source }: Entry): Entry {
  return { code, description, agent_id, timestamp, source };
}

/** An entry as it is sent. When the tenant gave no source, ours is used. */
function onWire({ code, description, agent_id, timestamp, source }: Entry): Entry {
  return { code, description, agent_id, timestamp, source: source === "" ? "api" : source };
}
