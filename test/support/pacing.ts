// For tests: views of a dialer made by hand, and the beliefs of the reference workload.

import { AgentState, beliefsOf, type DialerView, type DialingBeliefs } from "../../src/dialing/index.ts";
import { yardstickScenario } from "../../studies/pacing/workload.ts";

/** The state of a dialer as a test writes it; what is left out is nothing. */
export interface ViewParts {
  readonly now?: number;
  readonly agents?: readonly {
    readonly state: keyof typeof AgentState;
    readonly for?: number;
    readonly leavesIn?: number;
    readonly returnsIn?: number;
  }[];
  /** Ages, s. */
  readonly ringing?: readonly number[];
  readonly detecting?: readonly number[];
  readonly waiting?: readonly number[];
  readonly more?: Partial<DialerView>;
}

/** A view with what is given and no limits otherwise. */
export function viewOf({
  now = 1000,
  agents = [],
  ringing = [],
  detecting = [],
  waiting = [],
  more = {},
}: ViewParts): DialerView {
  const count = (state: keyof typeof AgentState) => agents.filter((agent) => agent.state === state).length;
  const at = (seconds: number | undefined) => (seconds === undefined ? Number.POSITIVE_INFINITY : now + seconds);
  const away = count("off") + count("onBreak");
  return {
    now,
    hourOfDay: 12,
    agents: agents.length,
    agentState: agents.map(({ state }) => AgentState[state]),
    agentSince: agents.map((agent) => now - (agent.for ?? 0)),
    agentLeavesAt: agents.map((agent) => at(agent.leavesIn)),
    agentReturnsAt: agents.map((agent) => at(agent.returnsIn)),
    loggedIn: agents.length - away,
    idle: count("idle"),
    reserved: count("reserved"),
    talking: count("talking"),
    wrapping: count("wrapping"),
    onBreak: count("onBreak"),
    dialing: ringing.length,
    dialedAt: ringing.map((age) => now - age),
    detecting: detecting.length,
    answeredAt: detecting.map((age) => now - age),
    waiting: waiting.length,
    waitingSince: waiting.map((age) => now - age),
    trunks: Number.POSITIVE_INFINITY,
    trunksFree: Number.POSITIVE_INFINITY,
    callTokens: Number.POSITIVE_INFINITY,
    callsPerSecond: Number.POSITIVE_INFINITY,
    leadsReady: Number.POSITIVE_INFINITY,
    leadsLeft: Number.POSITIVE_INFINITY,
    placed: 0,
    dayLiveAnswers: 0,
    dayAbandoned: 0,
    windowLiveAnswers: 0,
    windowAbandoned: 0,
    ...more,
  };
}

/** Beliefs that are true on the reference workload. */
export function referenceBeliefs(): DialingBeliefs {
  return beliefsOf(yardstickScenario({ agents: 1, agentHours: 1, pacing: { strategy: "progressive" } }).calls);
}
