// Contacts: completed ones by the recorded rules, and present ones.

import { MAX_COMPLETED_DAYS, MAX_TAGS } from "../../../contract/acd/index.ts";
import { DAY_MS } from "../../../kernel/index.ts";
import type { CallRecord } from "../../world/calls.ts";
import { type AcdAnswer, accepted, conflict, invalid, missing, nothing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField } from "../call.ts";
import {
  acdDurationText,
  acdOutcomeOf,
  agentNumber,
  calledPersonOf,
  callOfContact,
  callsOf,
  contactIdOf,
  handlerOf,
  isOver,
  lastUpdate,
  shortPhone,
  shownContact,
} from "../calls.ts";
import { Parameters, pathId, readDate } from "../query.ts";
import { inForm, page, wrapped } from "../reply.ts";
import { type AcdSkill, newNumber } from "../state.ts";
import { dialFor, nameOf, settle, time } from "../world.ts";
import { skillOf } from "./activity.ts";

/** Tolerance for a client's clock at the end of the range. */
const GRACE_MS = 3_600_000;
/** From this version on a contact is under a key named contactId. */
const NESTED_FROM = 28;
/** The last version whose completed contacts have no tags, end reason and division. */
const WITHOUT_TAGS = 21;
const ACTIVE = { id: 4, name: "Active" };
const DIALING = { id: 3, name: "Dialing" };
const ENDED = { id: 18, name: "EndContact" };

/** The requested range, checked by the recorded rules. */
function rangeOf(call: AcdCall): { from: number; to: number; since: number | undefined } {
  const { query, now } = call;
  const since = query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
  const from = query.date("startDate", "Invalid startDate");
  const to = query.date("endDate", "Invalid endDate");
  if (since !== undefined) {
    if (since < now - MAX_COMPLETED_DAYS * DAY_MS - GRACE_MS) {
      throw invalid(
        `Invalid updatedSince - '${query.text("updatedSince") ?? ""}', must be ${MAX_COMPLETED_DAYS} days or less`,
        "InvalidUpdatedSince",
      );
    }
    return { from: from ?? now - 400 * DAY_MS, to: to ?? now, since };
  }
  if (from === undefined && to !== undefined) throw invalid("Invalid startDate");
  if (from === undefined) throw invalid("Invalid DateRange - No dates fields provided");
  const end = to ?? now;
  if (end < from) throw invalid("Invalid DateRange - startDate must be less than endDate");
  if (end - from > MAX_COMPLETED_DAYS * DAY_MS) throw invalid("Invalid DateRange - Date Range must be 30 days or less");
  return { from, to: end, since };
}

function wholeFilter(call: AcdCall, name: string): number | undefined {
  const value = call.query.text(name);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw invalid(`Invalid filter parameter ${name} - '${value}', must be an integer`);
  return Number(value);
}

/** The skills selected by a filter; an unknown skill is refused where that was recorded. */
function skillsAsked(call: AcdCall, refuseUnknown: boolean): AcdSkill[] {
  const skillId = wholeFilter(call, "skillId");
  const campaignId = wholeFilter(call, "campaignId");
  const { skills, groups } = call.state;
  if (refuseUnknown && skillId !== undefined && !skills.some((skill) => skill.skillId === skillId))
    throw invalid("invalid skillId", "InvalidSkillId");
  return skills.filter(
    (skill) =>
      (skillId === undefined || skill.skillId === skillId) &&
      (campaignId === undefined || Number(skill.fields["campaignId"] ?? groups[0]?.id) === campaignId),
  );
}

function tagsAsked(call: AcdCall): number[] {
  const tags = (call.query.text("tags") ?? "").split("|").filter((tag) => tag !== "");
  if (tags.length > MAX_TAGS) throw invalid(`Invalid tags - Maximum limit of ${MAX_TAGS} exceeded`);
  return tags.map(Number);
}

function contactOf(call: AcdCall): { contact: CallRecord; skill: AcdSkill } {
  const contact = callOfContact(call.tenant, call.params["contactId"] ?? "");
  const skill = call.state.skills.find(({ world }) => world === contact?.campaignId);
  if (contact === undefined || skill === undefined) throw missing("Invalid contactId");
  return { contact, skill };
}

const stateOfCall = (contact: CallRecord) =>
  isOver(contact) ? ENDED : contact.status === "connected" || contact.status === "wrap_up" ? ACTIVE : DIALING;

export const contacts: AcdHandlers<
  "listCompleted" | "getContact" | "listActive" | "contactStates" | "contactHierarchy" | "endContact" | "queueCallback"
> = {
  listCompleted(call) {
    const { from, to, since } = rangeOf(call);
    const asked = tagsAsked(call);
    const [agentId, mediaTypeId] = [wholeFilter(call, "agentId"), wholeFilter(call, "mediaTypeId")];
    const logged = call.query.flag("isLogged");
    const refused = call.query.flag("isRefused");
    const takeover = call.query.flag("isTakeover");
    const toAddress = call.query.text("toAddress", "toAddr");
    const fromAddress = call.query.text("fromAddress", "fromAddr");
    const { tenant, state, switches, now } = call;
    const none = refused === true || takeover === true || logged === false || (mediaTypeId !== undefined && mediaTypeId !== 4);
    const found = none ? [] : callsOf(tenant, skillsAsked(call, false), from, to);
    const rows = found
      .filter(({ call: contact }) => isOver(contact) && (contact.endTime ?? 0) <= now)
      .filter(({ call: contact }) => {
        const outcome = acdOutcomeOf(state, contact);
        return switches.dialsInCompleted || outcome.handled || outcome.abandoned;
      })
      .filter(({ call: contact }) => since === undefined || lastUpdate(state, contact, switches, now) >= since)
      .filter(({ call: contact }) => agentId === undefined || handlerOf(state, contact) === agentId)
      .filter(({ call: contact }) => toAddress === undefined || shortPhone(contact.phoneNumber) === shortPhone(toAddress))
      .filter(() => fromAddress === undefined || shortPhone(fromAddress) === "8005550100")
      .filter(
        ({ call: contact }) => asked.length === 0 || state.tagged[contact.id]?.ids.some((id) => asked.includes(id)) === true,
      );
    return page(call, "completedContacts", rows, {
      shown({ skill, call: contact }) {
        const { divisionNo, endReason, tags, ...known } = shownContact(tenant, state, skill, contact, switches, now);
        return call.v <= WITHOUT_TAGS ? known : { ...known, divisionNo, endReason, tags };
      },
      wrapping: { upTo: 8 },
      noRows: "No Contacts for the specified period",
    });
  },
  getContact(call) {
    const { contact, skill } = contactOf(call);
    const { tenant, state, switches, now } = call;
    const at = stateOfCall(contact);
    const record = inForm(call, {
      ...shownContact(tenant, state, skill, contact, switches, now),
      stateId: at.id,
      stateName: at.name,
    });
    if (call.v <= 23) return ok({ resultSet: record });
    if (call.v < NESTED_FROM) return ok(record);
    return ok({ businessUnitId: state.businessUnitId, lastPollTime: time(now), contactId: record });
  },
  listActive(call) {
    const [agentId, stateId, mediaTypeId, contactId] = [
      wholeFilter(call, "agentId"),
      wholeFilter(call, "stateId"),
      wholeFilter(call, "mediaTypeId"),
      wholeFilter(call, "contactId"),
    ];
    const since = call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const toAddress = call.query.text("toAddress", "toAddr");
    const { tenant, state, now } = call;
    const rows = callsOf(tenant, skillsAsked(call, true), now - DAY_MS, now)
      .filter(({ call: contact }) => !isOver(contact) || (contact.endTime ?? 0) > now)
      .map(({ skill, call: contact }) => {
        const at = stateOfCall(contact);
        const id = contactIdOf(tenant, contact.id);
        const agent = calledPersonOf(contact.connectedTime === undefined ? 0 : agentNumber(contact.agentId));
        const updated = Math.max(contact.startTime, contact.answeredTime ?? 0, contact.connectedTime ?? 0, contact.endTime ?? 0);
        return {
          contactId: id,
          masterContactId: id,
          stateId: at.id,
          stateName: at.name,
          skillId: skill.skillId,
          skillName: nameOf(call.tenant, skill),
          campaignId: Number(skill.fields["campaignId"] ?? state.groups[0]?.id ?? 0),
          ...agent,
          fromAddress: "8005550100",
          toAddress: shortPhone(contact.phoneNumber),
          mediaTypeId: 4,
          mediaTypeName: "Phone Call",
          isOutbound: true,
          contactStartDate: time(contact.startTime),
          lastUpdateTime: time(updated),
        };
      })
      .filter((row) => agentId === undefined || row.agentId === agentId)
      .filter((row) => stateId === undefined || row.stateId === stateId)
      .filter(() => mediaTypeId === undefined || mediaTypeId === 4)
      .filter((row) => contactId === undefined || row.contactId === contactId)
      .filter((row) => toAddress === undefined || row.toAddress === shortPhone(toAddress))
      .filter((row) => since === undefined || Date.parse(row.lastUpdateTime) >= since);
    return page(call, "activeContacts", rows, { wrapping: { upTo: 30 } });
  },
  contactStates(call) {
    const { contact, skill } = contactOf(call);
    const stages = [
      [DIALING, contact.startTime],
      [ACTIVE, contact.connectedTime],
      [ENDED, contact.endTime],
    ] as const;
    const known = stages.flatMap(([at, from]) => (from === undefined ? [] : [{ at, from }]));
    const rows = known.map(({ at, from }, place) => ({
      stateIndex: place,
      contactId: contactIdOf(call.tenant, contact.id),
      contactStateId: at.id,
      contactStateName: at.name,
      startDate: time(from),
      agentId: at === ACTIVE ? agentNumber(contact.agentId) : 0,
      skillId: skill.skillId,
      skillName: nameOf(call.tenant, skill),
      duration: acdDurationText(Math.round(((known[place + 1]?.from ?? from) - from) / 1000)),
    }));
    return page(call, "contactStateHistory", rows);
  },
  endContact(call) {
    const { contact, skill } = contactOf(call);
    if (isOver(contact)) throw conflict("Invalid state. The contact has ended");
    call.tenant.engine.hangUp(skill.world, contact.id);
    return accepted();
  },
  queueCallback(call) {
    const fields = new Parameters(call.target.split("?")[1] ?? "", call.body);
    const digits = (fields.text("phoneNumber") ?? "").replaceAll(/\D/g, "");
    if (digits.length < 10) throw invalid("Invalid phoneNumber");
    const skill = call.state.skills.find(({ skillId }) => skillId === fields.whole("skill", "Invalid skill"));
    if (skill === undefined) throw invalid("Invalid skill");
    const placed = dialFor(call.tenant, skill, digits);
    return accepted({ contactId: placed === undefined ? 0 : contactIdOf(call.tenant, placed) });
  },
  contactHierarchy(call) {
    const { contact } = contactOf(call);
    const masterContactId = contactIdOf(call.tenant, contact.id);
    const child = {
      contactId: masterContactId,
      startTime: time(contact.startTime),
      endTime: contact.endTime === undefined ? "" : time(contact.endTime),
    };
    return ok(wrapped(call, "never", inForm(call, { masterContactId, childContacts: [child] })));
  },
};

// Scheduled callbacks: listed, changed, deleted. A due callback is called when its skill runs, and is then closed.

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
