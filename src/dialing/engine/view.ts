// The dialer's state as a pacing strategy sees it: filled before each decision, one object for the whole run.

import type { DialerView, Readings } from "../pacing/strategy.ts";

/** `DialerView` as the dialer writes it. */
export type WritableView = { -readonly [Field in keyof DialerView]: DialerView[Field] };

const NOTHING: Readings = new Float64Array(0);

/** An empty view. */
export function emptyView(): WritableView {
  return {
    now: 0,
    hourOfDay: 0,
    agents: 0,
    agentState: NOTHING,
    agentSince: NOTHING,
    agentLeavesAt: NOTHING,
    agentReturnsAt: NOTHING,
    loggedIn: 0,
    idle: 0,
    reserved: 0,
    talking: 0,
    wrapping: 0,
    onBreak: 0,
    dialing: 0,
    dialedAt: NOTHING,
    detecting: 0,
    answeredAt: NOTHING,
    waiting: 0,
    waitingSince: NOTHING,
    trunks: Number.POSITIVE_INFINITY,
    trunksFree: Number.POSITIVE_INFINITY,
    callTokens: Number.POSITIVE_INFINITY,
    callsPerSecond: Number.POSITIVE_INFINITY,
    leadsReady: 0,
    leadsLeft: 0,
    placed: 0,
    dayLiveAnswers: 0,
    dayAbandoned: 0,
    windowLiveAnswers: 0,
    windowAbandoned: 0,
  };
}
