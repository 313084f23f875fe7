// The correction of one interaction as a state machine: events in, commands out. No I/O, no time, no randomness.
//
//   [*] --> reading: read
//   reading --> writing: merged and valid, announced, write
//   reading --> pausing: read outdated or failed, or in doubt after a lost answer
//   reading --> ended: there already (unchanged), ours landed (success), invalid, no tries left
//   writing --> verifying: written, read back
//   writing --> pausing: conflict (409), lost, not written
//   writing --> reading: conflict on the last try, to tell what is there
//   writing --> ended: refused
//   verifying --> ended: our entry is there (success), or others' keep it out
//   verifying --> writing: our entry is gone again (append)
//   verifying --> pausing: read outdated or failed
//   pausing --> reading: after a jittered pause
//   pausing --> verifying: after a jittered pause
//   ended --> [*]
//
// What makes a lost update impossible: a write always carries the tag of the very version it was merged from, so that the tenant refuses
// it when anybody wrote meanwhile; and a version that the tenant has called outdated is merged from again only when two reads in a row say
// that it is the present one.

import { type Entry, hasLanded, isEntry, mergeDispositions, type Policy, type Version } from "./entry.ts";
import type { InteractionProblem } from "./tree.ts";

/** The request, and its rules. */
export interface Correction {
  readonly wanted: Entry;
  readonly policy: Policy;
  /** The version that must be present: nothing is written upon any other. Undefined for any version. */
  readonly etag?: string | undefined;
  /** Most writes, and most consecutive failed reads. */
  readonly attempts: number;
  /** Checks the merged array; returns everything that is wrong with it. */
  readonly validate: (merged: readonly Entry[]) => readonly InteractionProblem[];
}

/**
 * - `success`: stored by us and read back. `unchanged`: it was already there.
 * - `validation_error`: the merged array breaks a rule, ours or the tenant's. Nothing was changed.
 * - `conflict_persistent`: other writers were faster every time. Our entry is not there.
 * - `exhausted_retries`: the tenant did not accept the write or answer the read, and certainly nothing was written.
 * - `not_found`, `forbidden`: no such interaction, or it belongs to another organization.
 * - `unknown`: it may have been written and could not be read back. `failed`: refused for another reason; nothing was written.
 */
export type CorrectionResult =
  | "success"
  | "unchanged"
  | "validation_error"
  | "conflict_persistent"
  | "exhausted_retries"
  | "not_found"
  | "forbidden"
  | "unknown"
  | "failed";

/** The end of a correction. */
export interface CorrectionOutcome {
  readonly result: CorrectionResult;
  readonly message?: string | undefined;
  readonly statusCode?: number | undefined;
  /** The entries before our write. */
  readonly before?: readonly Entry[] | undefined;
  /** Tag of the version before our write. */
  readonly tagBefore?: string | undefined;
  /** Tag of the version in which our entry was seen, or of the last version read. */
  readonly tagAfter?: string | undefined;
  /** The entries when our entry was seen. */
  readonly after?: readonly Entry[] | undefined;
  /** What we would have written, when it was not done. */
  readonly intended?: readonly Entry[] | undefined;
  /** The entries last read, when our entry is not among them. */
  readonly stored?: readonly Entry[] | undefined;
}

type FailedRead = "not_found" | "forbidden" | "unavailable" | "refused";

/** What happened in a correction: the answer to the last command. */
export type CorrectionEvent =
  | { readonly type: "read"; readonly version: Version }
  | {
      readonly type: "read_failed";
      readonly why: FailedRead;
      readonly message: string;
      readonly statusCode?: number | undefined;
    }
  /** The tenant says that it stored this. */
  | { readonly type: "written"; readonly version: Version }
  | { readonly type: "conflict"; readonly message: string }
  /** No answer: it may have been executed. */
  | { readonly type: "lost"; readonly message: string }
  /** Certainly not executed, for a temporary reason. */
  | { readonly type: "not_written"; readonly message: string; readonly statusCode?: number | undefined }
  | {
      readonly type: "refused";
      readonly why: "invalid" | "not_found" | "forbidden" | "other";
      readonly message: string;
      readonly statusCode?: number | undefined;
    }
  | { readonly type: "paused" };

/** What a correction does next. */
export type CorrectionCommand =
  | { readonly do: "read" }
  /** To be recorded durably before it is sent. */
  | { readonly do: "write"; readonly base: Version; readonly dispositions: readonly Entry[] }
  /** Longer with every `attempt`, from 1. */
  | { readonly do: "pause"; readonly attempt: number };

/** The state of one correction. */
export type CorrectionState =
  | { readonly at: "reading" | "writing" | "verifying"; readonly so: SoFar }
  | { readonly at: "pausing"; readonly back: "reading" | "verifying"; readonly so: SoFar }
  | { readonly at: "ended"; readonly outcome: CorrectionOutcome };

/** The history so far. */
interface SoFar {
  /** Number of writes that did not succeed. */
  readonly failedWrites: number;
  /** Number of consecutive reads that failed or gave an outdated version. */
  readonly failedReads: number;
  /** How the last unsuccessful write ended. */
  readonly cause: "conflict" | "lost" | "not_written" | undefined;
  readonly message: string | undefined;
  readonly statusCode: number | undefined;
  /** The base of the last write, and what it was to store. */
  readonly base: Version | undefined;
  readonly intended: readonly Entry[] | undefined;
  /** A write got no answer. */
  readonly maybeWritten: boolean;
  /** The last read said that our entry is missing and will stay so; see `settle`. */
  readonly doubted: boolean;
  /** Tags of versions that the tenant has called outdated. */
  readonly outdated: readonly string[];
}

/** The result of an event: the new state, and the next command. */
export interface Next {
  readonly state: CorrectionState;
  /** Undefined at the end. */
  readonly command: CorrectionCommand | undefined;
}

/**
 * The first state.
 * @param announced the version for which an earlier process recorded a write, if any: the write may have been executed
 */
export function beginCorrection(announced?: Version): Next {
  const so: SoFar = {
    failedWrites: 0,
    failedReads: 0,
    cause: announced === undefined ? undefined : "lost",
    message: undefined,
    statusCode: undefined,
    base: announced,
    intended: undefined,
    maybeWritten: announced !== undefined,
    doubted: false,
    outdated: [],
  };
  return { state: { at: "reading", so }, command: { do: "read" } };
}

/** The result of an event. An event that the state does not expect is an error of the caller. */
export function decideNext(correction: Correction, state: CorrectionState, event: CorrectionEvent): Next {
  switch (state.at) {
    case "pausing":
      if (event.type === "paused") return { state: { at: state.back, so: state.so }, command: { do: "read" } };
      break;
    case "reading":
    case "verifying":
      if (event.type === "read") return onRead(correction, state.at, state.so, event.version);
      if (event.type === "read_failed") return onFailedRead(correction, state.at, state.so, event);
      break;
    case "writing":
      return onAnswer(correction, state.so, event);
    case "ended":
      break;
  }
  throw new Error(`a correction that is ${state.at} takes no event ${event.type}`);
}

const ended = (outcome: CorrectionOutcome): Next => ({ state: { at: "ended", outcome }, command: undefined });

function onRead(correction: Correction, at: "reading" | "verifying", so: SoFar, version: Version): Next {
  // A write can be refused as outdated although nobody wrote. One read of the same version may be outdated; two are believed.
  const standsAfterAll = so.cause === "conflict" && so.base?.tag === version.tag && so.failedReads > 0;
  if (so.outdated.includes(version.tag) && !standsAfterAll)
    return failedRead(correction, at, so, "the tenant gives an outdated version");
  const { wanted, policy } = correction;
  const { dispositions } = version;
  const fresh = { ...so, failedReads: 0 };
  if (so.base !== undefined && hasLanded(dispositions, so.base, wanted, policy))
    return ended({ result: "success", ...beforeOf(so), after: dispositions, tagAfter: version.tag });
  if (at === "verifying") return onGone(correction, fresh, version);
  return merge(correction, fresh, version);
}

function beforeOf({ base }: SoFar): Pick<CorrectionOutcome, "before" | "tagBefore"> {
  return base === undefined ? {} : { before: base.dispositions, ...(base.tag === "" ? {} : { tagBefore: base.tag }) };
}

/** The tenant stored our entry, and it is gone: another writer changed it in between. */
function onGone(correction: Correction, so: SoFar, version: Version): Next {
  // Another writer replaced our entry: theirs is the later write, and ours is not written again.
  if (correction.policy === "replace")
    return ended({
      result: "success",
      message: "another writer changed the interaction right after",
      ...beforeOf(so),
      after: version.dispositions,
      tagAfter: version.tag,
    });
  return merge(
    correction,
    { ...so, failedWrites: so.failedWrites + 1, cause: "conflict", message: "another writer removed the entry again" },
    version,
  );
}

function merge(correction: Correction, so: SoFar, version: Version): Next {
  const { wanted, policy, attempts } = correction;
  const { dispositions: stored } = version;
  const merged = mergeDispositions(stored, wanted, policy);
  const intended = merged.kind === "write" ? merged.dispositions : so.intended;
  const changed = (so.cause === "conflict" || so.cause === "lost") && so.base?.tag !== version.tag;
  if (policy === "fail" && changed)
    return settle(so, {
      result: "conflict_persistent",
      message: "another writer changed the interaction meanwhile",
      intended,
      stored,
      tagAfter: version.tag,
    });
  if (merged.kind === "unchanged") return ended({ result: "unchanged", after: stored, tagAfter: version.tag });
  const { etag } = correction;
  if (etag !== undefined && etag !== version.tag)
    return settle(so, {
      result: "conflict_persistent",
      message: `the interaction has version ${version.tag}, not the requested ${etag}`,
      intended,
      stored,
      tagAfter: version.tag,
    });
  const problems = correction.validate(merged.dispositions);
  if (problems.length > 0)
    return settle(so, {
      result: "validation_error",
      message: problems.map((problem) => problem.message).join("; "),
      intended,
      stored,
    });
  if (so.failedWrites >= attempts) {
    // For a replacement without an answer, with other entries beside ours: it may have been executed and then extended, or not
    // executed.
    const unclear = so.maybeWritten && stored.some((entry) => isEntry(entry, wanted));
    return settle(so, { ...givenUp(so, merged.dispositions, version), ...(unclear ? { result: "unknown" } : {}) });
  }
  return {
    state: { at: "writing", so: { ...so, base: version, intended: merged.dispositions, doubted: false } },
    command: { do: "write", base: version, dispositions: merged.dispositions },
  };
}

/**
 * Ends without our entry. After a write without an answer, the read that says so may be outdated: a second read, after a pause,
 * is needed to conclude that the write was not executed.
 */
function settle(so: SoFar, outcome: CorrectionOutcome): Next {
  if (!so.maybeWritten || so.doubted || outcome.result === "unknown") return ended(outcome);
  return {
    state: { at: "pausing", back: "reading", so: { ...so, doubted: true } },
    command: { do: "pause", attempt: so.failedWrites + 1 },
  };
}

/** The end after the last allowed write; the stored entries were just read. */
function givenUp(so: SoFar, intended: readonly Entry[], { dispositions: stored, tag }: Version): CorrectionOutcome {
  const { message, statusCode } = so;
  if (so.cause === "conflict")
    return {
      result: "conflict_persistent",
      statusCode: 409,
      message:
        tag === so.base?.tag
          ? `the tenant refused ${so.failedWrites} writes as outdated (409), and its version is still ${tag}: nobody else wrote`
          : `other writers were faster ${so.failedWrites} times`,
      intended,
      stored,
    };
  const result = so.maybeWritten ? "unknown" : "exhausted_retries";
  return { result, message, statusCode, intended, stored };
}

function onAnswer(correction: Correction, so: SoFar, event: CorrectionEvent): Next {
  const { base } = so;
  if (base === undefined) throw new Error("a correction writes only upon a version that it has read");
  const failed: SoFar = { ...so, failedWrites: so.failedWrites + 1 };
  switch (event.type) {
    case "written": {
      if (!event.version.dispositions.some((entry) => isEntry(entry, correction.wanted)))
        return again(correction, {
          ...failed,
          cause: "lost",
          message: "the tenant's answer does not have the entry",
          maybeWritten: true,
        });
      const outdated = [...so.outdated, base.tag];
      return { state: { at: "verifying", so: { ...so, outdated } }, command: { do: "read" } };
    }
    case "conflict":
      return again(correction, {
        ...failed,
        cause: "conflict",
        message: event.message,
        statusCode: 409,
        outdated: [...so.outdated, base.tag],
      });
    case "lost":
      return again(correction, { ...failed, cause: "lost", message: event.message, statusCode: undefined, maybeWritten: true });
    case "not_written":
      return again(correction, { ...failed, cause: "not_written", message: event.message, statusCode: event.statusCode });
    case "refused": {
      const { message, statusCode } = event;
      const result = event.why === "invalid" ? "validation_error" : event.why === "other" ? "failed" : event.why;
      return ended({ result, message, statusCode, intended: so.intended, stored: base.dispositions });
    }
    default:
      throw new Error(`a correction that is writing takes no event ${event.type}`);
  }
}

/** Reads again after a pause; at once when no further write is allowed and only the result is to be found out. */
function again({ attempts }: Correction, so: SoFar): Next {
  if (so.failedWrites >= attempts && so.cause === "conflict") return { state: { at: "reading", so }, command: { do: "read" } };
  return { state: { at: "pausing", back: "reading", so }, command: { do: "pause", attempt: so.failedWrites } };
}

function onFailedRead(
  correction: Correction,
  at: "reading" | "verifying",
  so: SoFar,
  event: Extract<CorrectionEvent, { type: "read_failed" }>,
): Next {
  const { why, message, statusCode } = event;
  if (why === "unavailable") return failedRead(correction, at, so, message, statusCode);
  if (at === "verifying" || so.maybeWritten) return ended({ result: "unknown", message, statusCode });
  return ended({ result: why === "refused" ? "failed" : why, message, statusCode });
}

function failedRead(
  { attempts }: Correction,
  at: "reading" | "verifying",
  so: SoFar,
  message: string,
  statusCode?: number,
): Next {
  const failedReads = so.failedReads + 1;
  if (failedReads < attempts)
    return {
      state: { at: "pausing", back: at, so: { ...so, failedReads } },
      command: { do: "pause", attempt: failedReads },
    };
  const result = at === "verifying" || so.maybeWritten ? "unknown" : "exhausted_retries";
  return ended({ result, message, statusCode, intended: so.intended });
}
