// Who works on a skill: those who are assigned to it, and those who are signed in on it, with their names and teams.

import { TenantError } from "../errors.ts";
import type { AgentView } from "../views.ts";
import { type AcdRow, acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

const SIGNED_OUT: ReadonlySet<string> = new Set(["LoggedOut", "Logged Out"]);

/**
 * The agents that are assigned, without those whose assignment was ended. One empty answer is no proof that there are none: the assignments of all skills
 * must say so, too. Throws TenantError.
 */
export async function assignedTo(requester: AcdRequester, skillId: string, options: AcdCallOptions) {
  const own = await Array.fromAsync(acdRows(requester, "listSkillAgents", { ...options, path: { skillId } }));
  if (own.length > 0) return own.filter(({ isActive }) => isActive !== false);
  const all = await Array.fromAsync(acdRows(requester, "listAllSkillAgents", options));
  const given = all.filter((one) => one.skillId === skillId && one.isActive !== false);
  return given.map(({ agentId, agentProficiencyValue: proficiency }) => ({ agentId, proficiency }));
}

/** See `MetricsSource`. What the role may not see of them is null: assignments alone must be readable. */
export async function agentsOf(requester: AcdRequester, skillId: string, options: AcdCallOptions): Promise<readonly AgentView[]> {
  const [assigned, people, states] = await Promise.all([
    assignedTo(requester, skillId, options),
    orNothing(Array.fromAsync(acdRows(requester, "listAgents", options))),
    orNothing(Array.fromAsync(acdRows(requester, "agentStates", options))),
  ]);
  const person = new Map((people ?? []).map((one) => [one.agentId, one]));
  const state = new Map((states ?? []).map((one) => [one.agentId, one]));
  const given = new Map(assigned.map((one) => [one.agentId, one]));
  const here = (states ?? []).filter((one) => one.skillId === skillId && isIn(one)).map(({ agentId }) => agentId);
  return [...new Set([...given.keys(), ...here])].map((id): AgentView => {
    const { firstName, lastName, teamName, teamId } = person.get(id) ?? {};
    const now = state.get(id);
    const name = [firstName, lastName].filter((part) => part !== undefined && part !== "").join(" ");
    // A list of states without any says nothing of anybody.
    const isSignedIn = states === undefined || states.length === 0 ? null : now !== undefined && isIn(now);
    return {
      id,
      name: name === "" ? null : name,
      team: teamName || teamId || null,
      assigned: given.has(id),
      proficiency: given.get(id)?.proficiency ?? null,
      signedIn: isSignedIn,
      state: isSignedIn === true ? now?.outStateDescription || now?.agentStateName || null : null,
      since: isSignedIn === true ? (now?.startDate ?? null) : null,
    };
  });
}

const isIn = ({ agentStateName }: AcdRow<"agentStates">): boolean => !SIGNED_OUT.has(agentStateName ?? "");

async function orNothing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return undefined;
  }
}
