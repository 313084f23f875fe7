// The parameter groups of a skill: read flat, written under a wrapper, merged, and in force at once in the living dialer.

import { ACD_OPERATIONS, WEEK } from "../../../contract/acd/index.ts";
import { type AcdAnswer, invalid, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord } from "../call.ts";
import { inForm } from "../reply.ts";
import { GROUPS, type Group } from "../skill-settings.ts";
import type { AcdSkill } from "../state.ts";
import { nameOf, recordOf } from "../world.ts";
import { skillOf } from "./skills.ts";

/** Fields that the general and the retry settings share. */
const SHARED = ["minimumRetryMinutes", "maximumAttempts", "loadNonFresh"] as const;

/** The general settings: values that the dialer uses come from the world until a client writes them. */
function general(call: AcdCall, skill: AcdSkill): Readonly<Record<string, unknown>> {
  const { linesPerAgent, abandonmentTarget } = call.tenant.engine.paceOf(skill.world);
  return {
    maximumRatio: Math.max(1, Math.min(3, Math.floor(linesPerAgent + 1e-9))),
    abandonRateThreshold: Math.round(Math.min(99.9, abandonmentTarget * 100) * 10) / 10,
    ...skill.settings.generalSettings,
  };
}

const shown = (call: AcdCall, skill: AcdSkill, group: Group): Readonly<Record<string, unknown>> =>
  group === "generalSettings" ? general(call, skill) : skill.settings[group];

function read(group: Group) {
  return (call: AcdCall): AcdAnswer => ok(inForm(call, shown(call, skillOf(call), group)));
}

type Put = "putGeneralSettings" | "putCpa" | "putRetry" | "putSchedule" | "putDelivery";

function write(id: Put, group: Group) {
  return (call: AcdCall): AcdAnswer => {
    const skill = skillOf(call);
    const change = bodyField(call.body, group);
    if (!isRecord(change)) throw invalid("Invalid parameter");
    const nulled = Object.entries(change).find(([, value]) => value === null)?.[0];
    if (nulled !== undefined && group === "cpaSettings") throw invalid("expected Integer but got Null");
    const known = Object.fromEntries(
      Object.entries(change).filter(([name]) => Object.hasOwn(ACD_OPERATIONS[id].request.shape, name)),
    );
    if (!ACD_OPERATIONS[id].request.safeParse(known).success) throw invalid("Invalid parameter");
    const merged = { ...skill.settings[group], ...change };
    if (group === "scheduleSettings" && call.switches.refusePartialWeek && WEEK.some((day) => merged[`${day}IsActive`] === false))
      throw invalid("InvalidParameter");
    skill.settings[group] = merged;
    share(skill, group, change);
    if (group === "generalSettings") putInForce(call, skill);
    return ok();
  };
}

function share(skill: AcdSkill, group: Group, change: Readonly<Record<string, unknown>>): void {
  const other = group === "generalSettings" ? "retrySettings" : group === "retrySettings" ? "generalSettings" : undefined;
  if (other === undefined) return;
  for (const name of SHARED) if (change[name] !== undefined) skill.settings[other][name] = change[name];
}

/** Applies what was written to the living dialer. The threshold applies only where the skill overrides the business unit's. */
function putInForce(call: AcdCall, skill: AcdSkill): void {
  const { maximumRatio, blockMultipleCalls, overrideBusinessUnitAbandonRate, abandonRateThreshold } =
    skill.settings.generalSettings;
  call.tenant.pacing.set(skill.world, {
    linesPerAgent: blockMultipleCalls === true ? 1 : typeof maximumRatio === "number" ? maximumRatio : undefined,
    abandonmentTarget:
      call.switches.skillAbandonRate && overrideBusinessUnitAbandonRate === true && typeof abandonRateThreshold === "number"
        ? abandonRateThreshold / 100
        : undefined,
  });
  call.tenant.engine.sync();
}

const writeOnly =
  (name: string) =>
  (call: AcdCall): AcdAnswer => {
    const skill = skillOf(call);
    if (!isRecord(call.body)) throw invalid("Invalid parameter");
    skill.fields = { ...skill.fields, [`_${name}`]: call.body };
    return ok();
  };

/** All settings of a skill at once, in the forms of that reply. */
export function overviewOf(call: AcdCall, skill: AcdSkill): Readonly<Record<string, unknown>> {
  const all = Object.fromEntries(GROUPS.map((group) => [group, shown(call, skill, group)]));
  const { isScheduled, ...days } = skill.settings.scheduleSettings;
  const listId = bodyField(recordOf(call.tenant, skill)?.document, "contactListId");
  return {
    ...all,
    skillName: nameOf(call.tenant, skill),
    skillNo: skill.skillId,
    generalSettings: { ...general(call, skill), aggressiveness: 1 },
    scheduleSettings: {
      isScheduled,
      schedules: WEEK.map((day) => ({
        day,
        active: days[`${day}IsActive`],
        startTime: days[`${day}StartTime`],
        endTime: days[`${day}EndTime`],
      })),
    },
    timeZoneSettings: skill.zones.map(({ standardName, ...zone }) => ({ name: standardName, ...zone })),
    callingLists: call.state.lists
      .filter(({ world }) => world === listId)
      .map(({ listId: id, listName }) => ({ id, name: listName })),
  };
}

export const settings: AcdHandlers<
  | "getSkillParameters"
  | "getGeneralSettings"
  | "putGeneralSettings"
  | "getCpa"
  | "putCpa"
  | "getRetry"
  | "putRetry"
  | "getSchedule"
  | "putSchedule"
  | "getTimeZones"
  | "putTimeZones"
  | "getDelivery"
  | "putDelivery"
  | "getXs"
  | "putXs"
  | "putCadence"
  | "putListManagement"
> = {
  getSkillParameters: (call) => ok(overviewOf(call, skillOf(call))),
  getGeneralSettings: read("generalSettings"),
  putGeneralSettings: write("putGeneralSettings", "generalSettings"),
  getCpa: read("cpaSettings"),
  putCpa: write("putCpa", "cpaSettings"),
  getRetry: read("retrySettings"),
  putRetry: write("putRetry", "retrySettings"),
  getSchedule: read("scheduleSettings"),
  putSchedule: write("putSchedule", "scheduleSettings"),
  getDelivery: read("deliveryPreferences"),
  putDelivery: write("putDelivery", "deliveryPreferences"),
  getXs: read("xsSettings"),
  putXs(call) {
    const skill = skillOf(call);
    const change = bodyField(call.body, "xsSettings");
    if (!isRecord(change)) throw invalid("Invalid parameter");
    skill.settings.xsSettings = { ...skill.settings.xsSettings, ...change };
    return ok();
  },
  getTimeZones: (call) => ok({ timeZoneSettings: skillOf(call).zones }),
  putTimeZones(call) {
    const skill = skillOf(call);
    const zones = bodyField(call.body, "timeZoneSettings");
    if (!Array.isArray(zones) || !zones.every((zone: unknown) => typeof bodyField(zone, "standardName") === "string"))
      throw invalid("Invalid parameter");
    const given = new Map(zones.map((zone: unknown) => [bodyField(zone, "standardName"), zone as Record<string, unknown>]));
    // Zones that are not sent are switched off, not removed.
    const before = skill.zones.map((zone) => given.get(zone["standardName"]) ?? { ...zone, timeZoneActiveToCall: false });
    const added = [...given.values()].filter(
      (zone) => !skill.zones.some(({ standardName }) => standardName === zone["standardName"]),
    );
    skill.zones = [...before, ...added];
    return ok();
  },
  putCadence: writeOnly("cadence"),
  putListManagement: writeOnly("listManagement"),
};
