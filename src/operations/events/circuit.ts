// Whether a receiver should be tried: several failures in a row open its circuit, and single probes find out when it answers again. Pure.
//
//   closed ──(10 failures in a row, or "Retry-After")──▶ open ──(probe time reached)──▶ probing ──(success)──▶ closed
//                                                         ▲                                │
//                                                         └──────(failure, longer wait)────┘
//
// Any success closes the circuit, whichever state it finds. Failures of requests that were under way when it opened change nothing.

import type { Instant, RandomStream } from "../../kernel/index.ts";

/** More than the usual number of concurrent requests, so that one restart of the receiver does not open the circuit. */
const THRESHOLD = 10;
const FIRST_PROBE_MS = 5_000;
const GROWTH = 2;
/** Longest wait for a receiver that is back, ms. */
const LONGEST_PROBE_MS = 300_000;
/** Probes are moved forward by up to a tenth, so that replicas do not probe in step. */
const JITTER = 0.1;

/** Whether events are sent to a receiver: closed (yes), open (not before `probeAt`) or probing (one event). */
export interface Circuit {
  readonly state: "closed" | "open" | "probing";
  /** Failures since the last success; consecutive while closed. */
  readonly failures: number;
  /** Probes that failed since it opened. */
  readonly probes: number;
  /** When open: the next probe is not before this. */
  readonly probeAt: Instant;
}

/** The circuit of a new receiver. */
export const CLOSED: Circuit = { state: "closed", failures: 0, probes: 0, probeAt: 0 };

/** How many more events may be sent now: any number, one as a probe, or none. */
export function allowance(circuit: Circuit, now: Instant): number {
  if (circuit.state === "closed") return Number.POSITIVE_INFINITY;
  return circuit.state === "open" && now >= circuit.probeAt ? 1 : 0;
}

/** The circuit after an allowed event is being sent. */
export function sending(circuit: Circuit): Circuit {
  return circuit.state === "open" ? { ...circuit, state: "probing" } : circuit;
}

/** The circuit after a probe that could not be sent. */
export function probeGivenUp(circuit: Circuit): Circuit {
  return circuit.state === "probing" ? { ...circuit, state: "open" } : circuit;
}

/**
 * The circuit after a failure.
 * @param pauseUntil until when the receiver asked for a pause: opens the circuit at once
 */
export function failed(circuit: Circuit, now: Instant, random: RandomStream, pauseUntil = 0): Circuit {
  const failures = circuit.failures + 1;
  if (circuit.state === "open") return { ...circuit, failures, probeAt: Math.max(circuit.probeAt, pauseUntil) };
  if (circuit.state === "closed" && failures < THRESHOLD && pauseUntil <= now) return { ...circuit, failures };
  const probes = circuit.state === "probing" ? circuit.probes + 1 : 0;
  const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * GROWTH ** probes);
  const probeAt = Math.max(now + Math.round(wait * (1 - JITTER * random.next())), pauseUntil);
  return { state: "open", failures, probes, probeAt };
}
