// Agents, their teams, skills, states and work; the lists of administration beside them; recordings.

import { ACD_OPERATIONS, PHONE_MEDIA, WEEK } from "../../../contract/acd/index.ts";
import { handledIn, roster, STATES, type Stage, stagesOf, workOf } from "../agents.ts";
import { type AcdAnswer, invalid, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord, words } from "../call.ts";
import {
  acdDurationText,
  acdOutcomeOf,
  CALLER_ID,
  calledPersonOf,
  callOfContact,
  callsOf,
  contactIdOf,
  handlerOf,
  isOver,
  type Person,
  shortPhone,
  sums,
  TEAM_IDS,
  teamName,
} from "../calls.ts";
import { itemRangeOf, pathId } from "../query.ts";
import { inForm, type ListOptions, page } from "../reply.ts";
import { GROUPS, type Group } from "../skill-settings.ts";
import type { AcdSkill } from "../state.ts";
import { nameOf, recordOf, shownSkill, time } from "../world.ts";
import { skillOf } from "./activity.ts";

type Row = Record<string, unknown>;
const LIST = { most: 100, emptyIs204: false } as const;

/** Rows whose texts have the search string, active ones as asked for. */
function listed(call: AcdCall, name: string, rows: readonly Row[], options: ListOptions<Row> = LIST) {
  const sought = call.query.text("searchString", "scriptName")?.toLowerCase();
  const active = call.query.flag("isActive");
  call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
  const found = rows.filter(
    (row) =>
      (active === undefined || row["isActive"] === undefined || row["isActive"] === active) &&
      (sought === undefined ||
        Object.values(row).some((value) => typeof value === "string" && value.toLowerCase().includes(sought))),
  );
  return page(call, name, found, options);
}

const emailOf = ({ firstName, lastName, agentId }: Person): string =>
  `${firstName}.${lastName.split(" ")[0] ?? ""}${agentId}@example.com`.toLowerCase();

function shownAgent(call: AcdCall, agentId: number): Row {
  const person = calledPersonOf(agentId);
  const email = emailOf(person);
  return {
    ...person,
    middleName: "",
    userName: email,
    userId: `00000000-0000-4000-8000-${String(agentId).padStart(12, "0")}`,
    emailAddress: email,
    isActive: true,
    isSupervisor: false,
    profileId: 1,
    profileName: "Agent",
    reportToId: 0,
    reportToName: "",
    lastLogin: time(call.tenant.start),
    lastUpdated: time(call.tenant.start),
    createDate: time(call.tenant.start),
    timeZone: "(GMT-05:00) Eastern Time (US & Canada)",
    country: "US",
    state: "",
    city: "",
    internalId: "",
    notes: "",
    ntLoginName: "",
  };
}

/** The agent in the path. */
function agentOf(call: AcdCall): { agentId: number; skills: ReadonlySet<AcdSkill> } {
  const agentId = pathId(call.params["agentId"], "Invalid agentId", "InvalidAgentId");
  const skills = roster(call).get(agentId);
  if (skills === undefined) throw missing("Invalid agentId", "InvalidAgentId");
  return { agentId, skills };
}
function teamOf(call: AcdCall): number {
  const teamId = pathId(call.params["teamId"], "Invalid teamId", "InvalidTeamId");
  if (!TEAM_IDS.includes(teamId)) throw missing("Invalid teamId", "InvalidTeamId");
  return teamId;
}
const members = (call: AcdCall, teamId: number): number[] =>
  [...roster(call).keys()].filter((id) => calledPersonOf(id).teamId === teamId);

function shownTeam(call: AcdCall, teamId: number): Row {
  return {
    teamId,
    teamName: teamName(teamId),
    isActive: true,
    description: "",
    notes: "",
    lastUpdateTime: time(call.tenant.start),
    agentCount: members(call, teamId).length,
  };
}

function assignments(call: AcdCall, agentId: number, skills: Iterable<AcdSkill>): Row[] {
  return [...skills].map((skill) => {
    const shown = shownSkill(call.tenant, call.state, skill);
    const { skillId, skillName, campaignId, campaignName, isActive, isOutbound, isRunning, outboundStrategy } = shown;
    const given = skill.agents.find((agent) => Number(agent["agentId"]) === agentId);
    const level = Number(given?.["proficiency"] ?? 10);
    return {
      ...calledPersonOf(agentId),
      middleName: "",
      agentProficiencyValue: level,
      agentProficiencyName: level < 7 ? "High" : level < 14 ? "Medium" : "Low",
      skillId,
      skillName,
      campaignId,
      campaignName,
      isActive: given?.["isActive"] !== false,
      isSkillActive: isActive,
      isDialer: false,
      isNaturalCalling: isOutbound,
      isNaturalCallingRunning: isRunning,
      isOutbound,
      outboundStrategy,
      mediaTypeId: shown["mediaTypeId"],
      mediaTypeName: shown["mediaTypeName"],
      requireDisposition: shown["requireDisposition"],
      priorityBlending: shown["priorityBlending"],
      scriptDisposition: shown["scriptDisposition"],
      lastUpdateTime: time(call.tenant.start),
      notes: "",
    };
  });
}
const allAssignments = (call: AcdCall) =>
  listed(
    call,
    "agentSkillAssignments",
    [...roster(call)].flatMap(([agentId, skills]) => assignments(call, agentId, skills)),
  );

function shownStage(call: AcdCall, { agentId, what, at, seconds, session, skill, contactId }: Stage, place: number): Row {
  const { skillId, skillName } = shownSkill(call.tenant, call.state, skill);
  const called = callOfContact(call.tenant, String(contactId));
  return {
    fromAddress: called === undefined ? "" : CALLER_ID,
    toAddress: shortPhone(called?.phoneNumber),
    stateIndex: place,
    startDate: time(at),
    agentId,
    ...STATES[what],
    agentSessionId: session,
    contactId,
    skillId,
    skillName,
    mediaTypeId: PHONE_MEDIA,
    mediaTypeName: "Phone Call",
    duration: acdDurationText(seconds),
    isOutbound: true,
    isNaturalCalling: true,
    stationId: agentId,
    stationName: "",
    teamId: calledPersonOf(agentId).teamId,
  };
}
function states(call: AcdCall, of?: number) {
  const { from, to } = itemRangeOf(call);
  const handled = handledIn(call, from, to).filter(({ agentId }) => of === undefined || agentId === of);
  const rows = stagesOf(call, handled).map((stage, place) => shownStage(call, stage, place));
  return page(call, "agentStateHistory", rows, { emptyIs204: false });
}

/** Sums of work of groups of agents. */
function performance(call: AcdCall, keyOf: (agentId: number) => Row, more: (work: Work) => Row): Row[] {
  const { from, to } = itemRangeOf(call);
  const groups = new Map([...roster(call).keys()].map((id) => [JSON.stringify(keyOf(id)), keyOf(id)]));
  const done = Map.groupBy(handledIn(call, from, to), ({ agentId }) => JSON.stringify(keyOf(agentId)));
  return [...groups].map(([key, identity]) => {
    const own = done.get(key) ?? [];
    const { handled: count, talk, wrap, wait, login, occupancy } = workOf(own.length, stagesOf(call, own));
    const mean = (total: number) => acdDurationText(count === 0 ? 0 : Math.round(total / count));
    const none = acdDurationText(0);
    return {
      ...identity,
      agentOffered: count,
      inboundHandled: 0,
      inboundTime: none,
      inboundTalkTime: none,
      inboundAvgTalkTime: none,
      outboundHandled: count,
      outboundTime: acdDurationText(talk + wrap),
      outboundTalkTime: acdDurationText(talk),
      outboundAvgTalkTime: mean(talk),
      totalHandled: count,
      totalTalkTime: acdDurationText(talk),
      totalAvgTalkTime: mean(talk),
      totalAvgHandleTime: mean(talk + wrap),
      consultTime: none,
      availableTime: acdDurationText(wait),
      unavailableTime: none,
      acwTime: acdDurationText(wrap),
      refused: 0,
      percentRefused: 0,
      loginTime: acdDurationText(login),
      workingRate: occupancy,
      occupancy,
      ...more({ count, wait, agents: new Set(own.map(({ agentId }) => agentId)).size }),
    };
  });
}
interface Work {
  readonly count: number;
  readonly wait: number;
  /** Who handled something. */
  readonly agents: number;
}

/** A contact's recording: what an agent handled has one segment. */
function recordingOf(call: AcdCall, contactId: string | undefined) {
  const contact = callOfContact(call.tenant, contactId ?? "");
  if (contact === undefined || !isOver(contact) || !acdOutcomeOf(call.state, contact).handled)
    return { status: 404, body: { internalCode: "MEDIA_PLAYBACK_NOT_FOUND", message: "No interaction was found" } };
  const id = String(contactIdOf(call.tenant, contact.id));
  const [startTime, endTime] = [time(contact.connectedTime ?? contact.startTime), time(contact.endTime ?? contact.startTime)];
  const person = calledPersonOf(handlerOf(call.state, contact));
  const url = `${call.origin}/recordings/${id}.mp4`;
  const segmentId = `segment-${id}`;
  const interaction = {
    mediaType: "voice-only",
    channelType: "PHONE_CALL",
    startTime,
    endTime,
    "@type": "call",
    callTaggingList: [],
    dynamicBusinessData: [],
    data: {
      startTime,
      endTime,
      acwEndTime: endTime,
      fileToPlayUrl: url,
      videoImageUrl: null,
      waveformDataList: [],
      participantDataList: [
        {
          participantType: "AGENT",
          agentName: `${person.firstName} ${person.lastName}`,
          participantId: String(person.agentId),
          segmentId,
          voiceStages: [{ stageType: "ACTIVE", startTime, endTime, recordingID: segmentId }],
          channel: 0,
        },
        { participantType: "CUSTOMER", segmentId, voiceStages: [], channel: 1 },
      ],
      segmentsDataList: [
        {
          startTime,
          endTime,
          segmentId,
          openReasonType: "CONTACT",
          closeReasonType: "CONTACT",
          directionType: "OUTBOUND",
          firstSegment: true,
          channelType: "PHONE_CALL",
        },
      ],
      categoryMatchesList: [],
      sentiments: [],
    },
  };
  const isDownload = call.query.flag("isDownload") === true;
  return ok({ contactId: id, acdcontactId: id, interactions: [interaction], ...(isDownload ? { redirectUrl: url } : {}) });
}
const everyone = (call: AcdCall) =>
  listed(
    call,
    "agents",
    [...roster(call).keys()].map((id) => shownAgent(call, id)),
  );

function teamsPerformance(call: AcdCall, of?: number) {
  const per = (total: number, agents: number) => (agents === 0 ? 0 : Math.round(total / agents));
  const rows = performance(
    call,
    (agentId) => ({ teamId: calledPersonOf(agentId).teamId }),
    ({ count, wait, agents }) => ({
      totalAvgHandled: per(count, agents),
      avgAvailableTime: acdDurationText(per(wait, agents)),
      avgUnavailableTime: acdDurationText(0),
    }),
  );
  const shown = rows.filter((row) => of === undefined || row["teamId"] === of);
  return page(call, "teamPerformanceTotal", shown, { emptyIs204: false });
}

export const agents: AcdHandlers<
  | "listAgents"
  | "getAgent"
  | "getAgentSettings"
  | "listAgentSkills"
  | "listAllAgentSkills"
  | "listAllSkillAgents"
  | "agentStateHistory"
  | "oneAgentStateHistory"
  | "agentPerformance"
  | "teamPerformance"
  | "oneTeamPerformance"
  | "listTeams"
  | "getTeam"
  | "listTeamAgents"
  | "listGroups"
  | "listGroupAgents"
  | "listHours"
  | "listPointsOfContact"
  | "listUnavailableCodes"
  | "listAddressBooks"
  | "listMediaTypes"
  | "searchScripts"
  | "listDnis"
  | "listPhoneNumbers"
  | "listSkillParameters"
  | "skillCallData"
  | "contactRecordings"
  | "segmentRecording"
> = {
  listAgents: everyone,
  getAgent: (call) => page(call, "agents", [shownAgent(call, agentOf(call).agentId)], LIST),
  getAgentSettings: (call) => (agentOf(call), ok({ wfoWebsiteUrl: "", wfoWebServiceUrl: "", wfoApiUrl: "" })),
  listAgentSkills(call) {
    const { agentId, skills } = agentOf(call);
    return listed(call, "agentSkillAssignments", assignments(call, agentId, skills));
  },
  listAllAgentSkills: allAssignments,
  listAllSkillAgents: allAssignments,
  agentStateHistory: (call) => states(call),
  oneAgentStateHistory: (call) => states(call, agentOf(call).agentId),
  agentPerformance(call) {
    const rows = performance(
      call,
      (agentId) => ({ agentId, teamId: calledPersonOf(agentId).teamId }),
      () => ({}),
    );
    return page(call, "agentPerformance", rows, { emptyIs204: false });
  },
  teamPerformance: (call) => teamsPerformance(call),
  oneTeamPerformance: (call) => teamsPerformance(call, teamOf(call)),
  listTeams: (call) =>
    listed(
      call,
      "teams",
      TEAM_IDS.map((id) => shownTeam(call, id)),
    ),
  getTeam: (call) => page(call, "teams", [shownTeam(call, teamOf(call))], LIST),
  listTeamAgents(call) {
    const teamId = teamOf(call);
    const agents = members(call, teamId).map((id) => shownAgent(call, id));
    return page(call, "teams", [{ ...shownTeam(call, teamId), agents }], LIST);
  },
  listGroups: (call) =>
    listed(call, "groups", [
      { groupId: 1, groupName: "Everyone", notes: "", isActive: true, lastUpdated: time(call.tenant.start) },
    ]),
  listGroupAgents(call) {
    if (pathId(call.params["groupId"], "Invalid groupId") !== 1) throw missing("Invalid groupId");
    return everyone(call);
  },
  listHours: (call) =>
    listed(
      call,
      call.v <= 23 ? "hoursOfOperationProfiles" : "hoursOfOperation",
      [{ hoursOfOperationProfileId: 1, hoursOfOperationProfileName: "Always open", description: "", isDeleted: false }],
      { ...LIST, wrapping: { upTo: 23 } },
    ),
  listPointsOfContact: (call) =>
    listed(call, "pointsOfContact", [
      {
        businessUnitId: call.state.businessUnitId,
        contactAddress: CALLER_ID,
        contactCode: 1,
        contactDescription: "Caller id",
        defaultSkillId: 0,
        isActive: true,
        mediaTypeId: PHONE_MEDIA,
        mediaTypeName: "Phone Call",
        notes: "",
        outboundSkill: true,
        scriptName: "",
      },
    ]),
  listUnavailableCodes: (call) =>
    listed(call, "unavailableCodes", [
      { outStateId: 11, outStateName: "ACW", isActive: true, isAcw: true, agentTimeoutMins: 0 },
      { outStateId: 12, outStateName: "Break", isActive: true, isAcw: false, agentTimeoutMins: 0 },
    ]),
  listAddressBooks: (call) =>
    listed(call, "addressBooks", [{ addressBookId: 1, addressBookName: "Everyone", addressBookType: "Standard" }]),
  listMediaTypes: (call) =>
    listed(
      call,
      "mediaTypes",
      MEDIA_TYPES.map(([mediaTypeId, mediaTypeName]) => ({ mediaTypeId, mediaTypeName, subTypes: [] })),
    ),
  searchScripts: (call) => listed(call, "scriptSearchDetails", [], LIST),
  listDnis: (call) => listed(call, "dnis", [{ dnis: CALLER_ID, isActive: true }]),
  // Programs take the rows as the numbers themselves.
  listPhoneNumbers: () => ok({ phoneNumbers: [CALLER_ID], totalRecords: 1 }),
  listSkillParameters: (call) =>
    page({ ...call, section: "settings" }, "skills", call.state.skills, { ...LIST, shown: (skill) => overviewOf(call, skill) }),
  skillCallData(call) {
    const { from, to } = itemRangeOf(call);
    const rows = call.state.skills.map((skill) => {
      const calls = callsOf(call.tenant, [skill], from, to - 1).map((entry) => entry.call);
      const { connects, abandons, talkSeconds } = sums(call.state, calls);
      const mean = connects === 0 ? 0 : Math.round(talkSeconds / connects);
      return {
        SkillName: shownSkill(call.tenant, call.state, skill)["skillName"],
        SkillId: skill.skillId,
        BusinessUnitId: call.state.businessUnitId,
        EnteredQueueContacts: connects + abandons,
        OfferedContacts: connects + abandons,
        AnsweredContacts: connects,
        AnsweredServiceLevelContacts: connects,
        AbandonedContacts: abandons,
        AbandonedTime: 0,
        AverageAbandonedTime: 0,
        AverageACDTime: mean,
        AverageHandleTime: mean,
        AverageSpeedAnswerTime: 0,
      };
    });
    return page(call, "skillCallData", rows, { emptyIs204: false });
  },
  contactRecordings: (call) => recordingOf(call, call.query.text("acd-call-id", "contactId")),
  segmentRecording: (call) => recordingOf(call, /^segment-(\d+)$/.exec(call.params["segmentId"] ?? "")?.[1]),
};

const MEDIA_TYPES = [
  [1, "Email"],
  [3, "Chat"],
  [4, "Phone Call"],
  [5, "Voice Mail"],
  [6, "Work Item"],
  [7, "SMS"],
  [8, "Social"],
  [9, "Digital"],
] as const;

// The parameter groups of a skill: read flat, written under a wrapper, merged, and in force at once in the living dialer.

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

/** Groups that are written without a wrapper and read in the overview alone. */
const writeOnly =
  (group: Group) =>
  (call: AcdCall): AcdAnswer => {
    const skill = skillOf(call);
    if (!isRecord(call.body)) throw invalid("Invalid parameter");
    const { listOrderingOptions: options = [] } = call.body;
    const isOrder = (one: unknown) => words(bodyField(one, "orderType")) !== "" && words(bodyField(one, "direction")) !== "";
    if (!Array.isArray(options) || !options.every(isOrder)) throw invalid("Invalid parameter");
    skill.settings[group] = { ...skill.settings[group], ...call.body };
    return ok();
  };

/** All settings of a skill at once, in the forms of that reply. */
function overviewOf(call: AcdCall, skill: AcdSkill): Readonly<Record<string, unknown>> {
  const all = Object.fromEntries(GROUPS.map((group) => [group, shown(call, skill, group)]));
  const { isScheduled, ...days } = skill.settings.scheduleSettings;
  const { displayField2Name, ...listManagement } = skill.settings.listManagementSettings;
  const { maximumAttempts, ...cadence } = skill.settings.cadenceSettings;
  const listId = bodyField(recordOf(call.tenant, skill)?.document, "contactListId");
  return {
    ...all,
    skillName: nameOf(call.tenant, skill),
    skillNo: skill.skillId,
    generalSettings: { ...general(call, skill), aggressiveness: 1 },
    listManagementSettings: { ...listManagement, displayField2NAme: displayField2Name },
    cadenceSettings: { ...cadence, cadenceMaximumAttempts: maximumAttempts },
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
  putCadence: writeOnly("cadenceSettings"),
  putListManagement: writeOnly("listManagementSettings"),
};
