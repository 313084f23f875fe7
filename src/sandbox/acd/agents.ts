// The tenant's agents. Who they are follows from their numbers; what they did follows from the world's calls, so that reports of agents, teams,
// skills and contacts agree to the call.

import { HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { CallRecord } from "../world/calls.ts";
import type { AcdCall } from "./call.ts";
import { acdOutcomeOf, agentNumber, callsOf, contactIdOf, isOver, shownContact } from "./calls.ts";
import type { AcdSkill } from "./state.ts";

/** Longest time between two calls of an agent who stays signed in. */
const SESSION_GAP_MS = HOUR_MS / 2;

/** The agents with the skills that they have: those of calls, those signed in, those that a client assigned. By number. */
export function roster({ tenant, state }: Pick<AcdCall, "tenant" | "state">): ReadonlyMap<number, ReadonlySet<AcdSkill>> {
  const known = new Map<number, Set<AcdSkill>>();
  const add = (agentId: number, skill: AcdSkill): void => {
    if (agentId > 0) known.set(agentId, (known.get(agentId) ?? new Set()).add(skill));
  };
  for (const { skill, call } of callsOf(tenant, state.skills)) {
    if (call.connectedTime !== undefined || acdOutcomeOf(state, call).handled) add(agentNumber(call.agentId), skill);
  }
  for (const skill of state.skills) {
    for (const id of signedIn({ tenant }, skill)) add(id, skill);
    for (const { agentId, isActive } of skill.agents) if (isActive !== false) add(Number(agentId), skill);
  }
  return new Map([...known].sort(([a], [b]) => a - b));
}

/** Numbers of the agents who are signed in on a skill. */
export function signedIn({ tenant }: Pick<AcdCall, "tenant">, skill: AcdSkill): number[] {
  const { first, loggedIn } = tenant.engine.staff(skill.world);
  return Array.from({ length: loggedIn }, (_, place) => agentNumber(`agent_${first + place}`));
}

/** A contact that an agent handled, times in seconds as the contact itself shows them. */
export interface Handled {
  readonly agentId: number;
  readonly skill: AcdSkill;
  readonly contact: CallRecord;
  readonly from: Instant;
  readonly talk: number;
  readonly wrap: number;
}

/** Handled contacts that began in [from, to), by agent and time. */
export function handledIn(call: AcdCall, from: Instant, to: Instant): Handled[] {
  const { tenant, state, switches, now } = call;
  return callsOf(tenant, state.skills, from, to - 1)
    .filter(({ call: contact }) => isOver(contact) && acdOutcomeOf(state, contact).handled)
    .map(({ skill, call: contact }) => {
      const { agentId, agentSeconds, acwSeconds } = shownContact(tenant, state, skill, contact, switches, now);
      const [talk, wrap] = [Number(agentSeconds), Number(acwSeconds)];
      return { agentId: Number(agentId), skill, contact, from: contact.connectedTime ?? contact.startTime, talk, wrap };
    })
    .sort((a, b) => a.agentId - b.agentId || a.from - b.from);
}

/** Something that an agent did for some time. `contact`: what it belongs to; a wait for a call belongs to none. */
export interface Stage {
  readonly agentId: number;
  readonly what: "talk" | "wrap" | "wait";
  readonly at: Instant;
  readonly seconds: number;
  readonly session: number;
  readonly skill: AcdSkill;
  readonly contactId: number;
}

/** Each stage as a state of an agent. */
export const STATES = {
  talk: { agentStateId: 4, agentStateName: "OutboundContact", outStateId: 0, outStateDescription: "" },
  wrap: { agentStateId: 1, agentStateName: "Unavailable", outStateId: 11, outStateDescription: "ACW" },
  away: { agentStateId: 1, agentStateName: "Unavailable", outStateId: 12, outStateDescription: "Break" },
  wait: { agentStateId: 20, agentStateName: "Dialer", outStateId: 0, outStateDescription: "" },
} as const;

/** What agents did, in the order of agents and time: calls, wrap-up, and the waits between them while they were signed in. */
export function stagesOf({ tenant }: Pick<AcdCall, "tenant">, handled: readonly Handled[]): Stage[] {
  const stages: Stage[] = [];
  let session = 0;
  for (const [place, { agentId, skill, contact, from, talk, wrap }] of handled.entries()) {
    const before = handled[place - 1];
    const goesOn = before?.agentId === agentId && from - before.from - 1000 * (before.talk + before.wrap) <= SESSION_GAP_MS;
    if (!goesOn) session = Math.floor(from / 1000) % 1_000_000_000;
    const of = { agentId, session, skill };
    if (goesOn && before !== undefined) {
      const free = before.from + 1000 * (before.talk + before.wrap);
      if (from > free) stages.push({ ...of, what: "wait", at: free, seconds: Math.round((from - free) / 1000), contactId: 0 });
    }
    const contactId = contactIdOf(tenant, contact.id);
    stages.push({ ...of, what: "talk", at: from, seconds: talk, contactId });
    if (wrap > 0) stages.push({ ...of, what: "wrap", at: from + talk * 1000, seconds: wrap, contactId });
  }
  return stages;
}

/** Sums of what was done, s. */
export function workOf(handled: number, stages: readonly Stage[]) {
  const sum = (what: Stage["what"]) => stages.reduce((total, one) => total + (one.what === what ? one.seconds : 0), 0);
  const [talk, wrap, wait] = [sum("talk"), sum("wrap"), sum("wait")];
  const login = talk + wrap + wait;
  return { handled, talk, wrap, wait, login, occupancy: login === 0 ? 0 : Math.round((10_000 * (talk + wrap)) / login) / 100 };
}
