// Scheduled callbacks: listed, changed, deleted. A due callback is called when its skill runs, and is then closed.

import { type AcdAnswer, invalid, missing, nothing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField } from "../call.ts";
import { Parameters, pathId, readDate } from "../query.ts";
import { inForm } from "../reply.ts";
import { newNumber } from "../state.ts";
import { settle } from "../world.ts";
import { skillOf } from "./skills.ts";

type Callback = AcdCall["state"]["callbacks"][number];

function callbackOf(call: AcdCall): Callback {
  const id = pathId(call.params["callbackId"], "Invalid callbackId");
  const found = call.state.callbacks.find(({ callbackId }) => callbackId === id);
  if (found === undefined || found.closed) throw missing("Invalid callbackId");
  return found;
}

/** The fields of a callback, from the body or the query. */
function fieldsOf(call: AcdCall) {
  const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
  const skillId = Number(fields.text("skillId"));
  if (!call.state.skills.some((skill) => skill.skillId === skillId)) throw invalid("Invalid skillId", "InvalidSkillId");
  const agent = fields.text("targetAgentId");
  if (agent !== undefined && !/^\d+$/.test(agent)) throw invalid("Invalid targetAgentId");
  const at = readDate(fields.text("scheduleDate") ?? "");
  if (at === undefined || at <= call.now) throw invalid("Invalid scheduleDate");
  const phone = (fields.text("phoneNumber") ?? "").replaceAll(/\D/g, "");
  if (phone.length < 7) throw invalid("Invalid phoneNumber");
  return {
    target: agent === undefined ? "S" : "A",
    agentId: agent === undefined ? 0 : Number(agent),
    skillId,
    dialNumber: phone,
    origNumber: phone,
    firstName: fields.text("firstName") ?? "",
    lastName: fields.text("lastName") ?? "",
    notes: fields.text("notes") ?? "",
    callbackTime: new Date(at).toISOString(),
  };
}

/** Schedules the call: no request is needed to trigger it. */
function calledInTime({ tenant, state }: AcdCall, at: string): void {
  tenant.clock.schedule(Date.parse(at), (due) => settle(tenant, state, due));
}

function listed(call: AcdCall, wanted: (callback: Callback) => boolean): AcdAnswer {
  const rows = call.state.callbacks
    .filter((callback) => !callback.closed && wanted(callback))
    .map(({ closed, ...callback }) => inForm(call, closed ? {} : callback));
  return rows.length === 0 ? nothing() : ok({ callbacks: rows });
}

export const callbacks: AcdHandlers<
  "createCallback" | "updateCallback" | "deleteCallback" | "listSkillCallbacks" | "listAgentCallbacks"
> = {
  createCallback(call) {
    const fields = fieldsOf(call);
    const callbackId = newNumber(call.state);
    call.state.callbacks.push({ callbackId, ...fields, closed: false });
    calledInTime(call, fields.callbackTime);
    return ok({ callbackId });
  },
  updateCallback(call) {
    const callback = callbackOf(call);
    const fields = fieldsOf(call);
    Object.assign(callback, fields);
    calledInTime(call, fields.callbackTime);
    return ok();
  },
  deleteCallback(call) {
    const callback = callbackOf(call);
    callback.closed = true;
    Object.assign(callback, { description: bodyField(call.body, "description") ?? call.query.text("description") ?? "" });
    return ok();
  },
  listSkillCallbacks(call) {
    const { skillId } = skillOf(call);
    return listed(call, (callback) => callback["skillId"] === skillId);
  },
  listAgentCallbacks(call) {
    const agentId = pathId(call.params["agentId"], "Invalid agentId");
    return listed(call, (callback) => callback["agentId"] === agentId);
  },
};
