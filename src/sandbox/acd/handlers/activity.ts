// Present figures and sums over ranges of time, measured on the world's calls.

import { MAX_DIALER_STATS_HOURS, MAX_SUMMARY_DAYS, PHONE_MEDIA } from "../../../contract/acd/index.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../../../kernel/index.ts";
import { campaignChanged } from "../../state-changes.ts";
import { type Handled, handledIn, roster, STATES, signedIn, stagesOf, workOf } from "../agents.ts";
import { type AcdAnswer, AcdRefusal, accepted, conflict, invalid, invalidUri, missing, ok } from "../answer.ts";
import { type AcdCall, type AcdHandlers, bodyField, isRecord, words } from "../call.ts";
import { acdDurationText, agentNumber, calledPersonOf, callsOf, contactIdOf, isOver, sums } from "../calls.ts";
import { itemRangeOf, pathId } from "../query.ts";
import { inForm, page } from "../reply.ts";
import { type AcdSkill, addSkill } from "../state.ts";
import { canDial, isRunning, later, recordOf, shownSkill, time } from "../world.ts";

const QUARTER_MS = 900_000;
const HALF_HOUR_MS = HOUR_MS / 2;
/** The last version whose summaries have whole numbers only. */
const OLD_SUMMARY = 23;

function identity({ tenant, state }: Pick<AcdCall, "tenant" | "state">, skill: AcdSkill) {
  const { skillId, skillName, campaignId, campaignName, isActive, isOutbound } = shownSkill(tenant, state, skill);
  return { skillId, skillName, campaignId, campaignName, isActive, isOutbound };
}

/** Version 5 ignored values that it did not understand. */
const checksFilters = (call: AcdCall): boolean => call.version === 0 || call.version > 5;

function activityRows({ tenant, state, now }: AcdCall, skills: readonly AcdSkill[]) {
  return skills.map((skill) => {
    const staff = tenant.engine.staff(skill.world);
    return {
      serverTime: time(now),
      businessUnitId: state.businessUnitId,
      ...identity({ tenant, state }, skill),
      isNaturalCalling: canDial(skill),
      agentsLoggedIn: staff.loggedIn,
      agentsAvailable: staff.idle,
      agentsIdle: staff.idle,
      agentsUnavailable: Math.max(0, staff.loggedIn - staff.idle - staff.talking - staff.wrapping),
      agentsWorking: staff.talking,
      agentsACW: staff.wrapping,
      contactsActive: tenant.engine.activeCalls(skill.world),
      queueCount: 0,
      skillQueueCount: 0,
      personalQueueCount: 0,
      parkedCount: 0,
      earliestQueueTime: "",
      inSLA: 0,
      outSLA: 0,
      serviceLevel: 0,
      serviceLevelGoal: 0,
      serviceLevelThreshold: 0,
      mediaTypeId: 4,
      mediaTypeName: "Phone Call",
    };
  });
}

/** Figures of the skills whose ids a body names, or of all. */
function searchedSkills({ body, state }: AcdCall, under: string): readonly AcdSkill[] {
  const asked = bodyField(bodyField(body, under), "skillIds");
  if (asked === undefined) return state.skills;
  if (!Array.isArray(asked) || !asked.every((id) => /^\d+$/.test(words(id)))) throw invalid("Invalid skillIds");
  const ids = new Set(asked.map(Number));
  return state.skills.filter(({ skillId }) => ids.has(skillId));
}

function activityOf(call: AcdCall, skills: readonly AcdSkill[]): AcdAnswer {
  const media = call.query.text("mediaTypeId");
  if (checksFilters(call)) {
    if (media !== undefined && !/^\d{1,2}$/.test(media)) throw invalid("Invalid mediaTypeId", "InvalidMediaType");
    call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    call.query.flag("isOutbound", "Invalid isOutbound", "InvalidIsOutbound");
  }
  const outbound = call.query.text("isOutbound")?.toLowerCase();
  const rows = activityRows(call, skills)
    .filter((row) => media === undefined || !/^\d+$/.test(media) || row.mediaTypeId === Number(media))
    .filter((row) => outbound === undefined || !/^(true|false)$/.test(outbound) || String(row.isOutbound) === outbound);
  return page(call, "skillActivity", rows, { emptyIs204: false });
}

function summaryOf(call: AcdCall, skills: readonly AcdSkill[]): AcdAnswer {
  const { from, to } = itemRangeOf(call);
  if (to - from > MAX_SUMMARY_DAYS * DAY_MS) throw invalid("Invalid date range. Max 30 days.");
  // Up to v23 times are whole seconds and rates whole numbers: a loader of that version refuses anything else.
  const isOld = call.v <= OLD_SUMMARY;
  const span = (seconds: number) => (isOld ? Math.round(seconds) : acdDurationText(Math.round(seconds)));
  const handled = handledIn(call, from, to);
  const rows = skills.map((skill) => {
    const calls = callsOf(call.tenant, [skill], from, to - 1).map((entry) => entry.call);
    const { dials, connects, abandons, rightPartyConnects, talkSeconds } = sums(call.state, calls);
    const mean = connects === 0 ? 0 : talkSeconds / connects;
    const wrap = handled.reduce((sum, one) => sum + (one.skill === skill ? one.wrap : 0), 0);
    const staff = call.tenant.engine.staff(skill.world);
    const active = call.tenant.engine.activeCalls(skill.world);
    const { isActive: _, ...named } = identity(call, skill);
    const rate = connects + abandons === 0 ? 0 : (100 * abandons) / (connects + abandons);
    return {
      businessUnitId: call.state.businessUnitId,
      businessUnitName: call.tenant.scenario.organization,
      ...named,
      startDate: time(from),
      endDate: time(to),
      mediaTypeId: PHONE_MEDIA,
      mediaTypeName: "Phone Call",
      dials,
      connects,
      connectsAHT: span(mean),
      rightPartyConnects,
      rightPartyConnectsAHT: span(mean),
      abandonCount: abandons,
      abandonRate: isOld ? Math.round(rate) : Math.round(100 * rate) / 100,
      contactsActive: active,
      contactsHandled: connects,
      contactsOffered: connects + abandons,
      contactsQueued: 0,
      contactsWithinSLA: connects,
      contactsOutOfSLA: abandons,
      agentsAcw: staff.wrapping,
      agentsAvailable: staff.idle,
      agentsIdle: staff.idle,
      agentsLoggedIn: staff.loggedIn,
      agentsUnavailable: Math.max(0, staff.loggedIn - staff.idle - staff.talking - staff.wrapping),
      agentsWorking: staff.talking,
      averageHandleTime: span(connects === 0 ? 0 : (talkSeconds + wrap) / connects),
      averageInqueueTime: span(0),
      averageSpeedToAnswer: span(0),
      averageTalkTime: span(mean),
      averageWrapTime: span(connects === 0 ? 0 : wrap / connects),
      holdTime: span(0),
      longestQueueDur: span(0),
      queueCount: 0,
      serviceLevel: connects + abandons === 0 ? 100 : Math.round((100 * connects) / (connects + abandons)),
      serviceLevelGoal: 80,
      serviceLevelThreshold: 20,
      totalContactTime: span(talkSeconds),
    };
  });
  return page(call, "skillSummaries", rows, { emptyIs204: false });
}

/** A range of planning data, of at most so many hours. */
function wfmRange(call: AcdCall, hours: number): { from: number; to: number } {
  const range = itemRangeOf(call);
  if (range.to - range.from > hours * HOUR_MS) throw invalid(`The date range has exceeded maximum amount of ${hours} hours`);
  if (range.from > call.now) throw conflict("Interval Contact Data Pending");
  return range;
}

/** Rows by skill and quarter of an hour; quarters without calls are left out. */
function quarters(call: AcdCall, hours: number) {
  const { from, to } = wfmRange(call, hours);
  const rows = new Map<string, { skill: AcdSkill; at: number; calls: Parameters<typeof sums>[1][number][] }>();
  for (const { skill, call: contact } of callsOf(call.tenant, call.state.skills, from, to - 1)) {
    const at = Math.floor(contact.startTime / QUARTER_MS) * QUARTER_MS;
    const key = `${skill.skillId}/${at}`;
    const row = rows.get(key) ?? { skill, at, calls: [] };
    row.calls.push(contact);
    rows.set(key, row);
  }
  return [...rows.values()]
    .sort((a, b) => a.at - b.at || a.skill.skillId - b.skill.skillId)
    .map(({ skill, at, calls }) => ({ skill, at, figures: sums(call.state, calls) }));
}

/** All rows: planning data has no pages. */
function wfm(call: AcdCall, name: string, rows: readonly Record<string, unknown>[], emptyIs204 = false): AcdAnswer {
  return page(call, name, rows, { emptyIs204 });
}

const unitOf = ({ state, tenant }: AcdCall) => ({
  businessUnitId: state.businessUnitId,
  businessUnitName: tenant.scenario.organization,
});

/** Handled contacts of a range by a key, in the order of its first contact. */
function grouped(handled: readonly Handled[], keyOf: (one: Handled) => string): Handled[][] {
  return [...Map.groupBy(handled, keyOf).values()];
}
const total = (handled: readonly Handled[], of: (one: Handled) => number) => handled.reduce((sum, one) => sum + of(one), 0);

export const activities: AcdHandlers<
  | "skillActivity"
  | "oneSkillActivity"
  | "searchActivities"
  | "searchActivity"
  | "agentStates"
  | "skillSummary"
  | "oneSkillSummary"
  | "slaSummary"
  | "dialerStats"
  | "wfmContacts"
  | "wfmAgentPerformance"
  | "wfmAgents"
  | "wfmAdherence"
  | "wfmScorecards"
> = {
  skillActivity: (call) => activityOf(call, call.state.skills),
  oneSkillActivity: (call) => activityOf(call, [skillOf(call)]),
  searchActivities(call) {
    if (call.switches.realTimeData !== "on") throw invalidUri();
    // Programs take the reply as the list itself.
    return ok(activityRows(call, searchedSkills(call, "filters")));
  },
  searchActivity(call) {
    if (call.switches.realTimeData === "off") throw invalidUri();
    const rows = activityRows(call, searchedSkills(call, "filter")).map(({ agentsAvailable, agentsUnavailable, ...row }) => ({
      ...row,
      agentsAvaliable: agentsAvailable,
      agentsUnavaliable: agentsUnavailable,
    }));
    return page(call, "skillActivity", rows, { emptyIs204: false });
  },
  agentStates(call) {
    call.query.date("updatedSince", "Invalid Updated Since", "InvalidUpdatedSince");
    const { tenant, state, now } = call;
    const rows: Record<string, unknown>[] = [];
    for (const skill of state.skills) {
      const busy = callsOf(tenant, [skill], now - DAY_MS, now).filter(
        ({ call: contact }) => contact.connectedTime !== undefined && (!isOver(contact) || contact.status === "wrap_up"),
      );
      const shown = (agentId: number, state: keyof typeof STATES, at: Instant, contactId = 0) => ({
        ...calledPersonOf(agentId),
        businessUnitId: call.state.businessUnitId,
        isActive: true,
        ...STATES[state],
        isACW: state === "wrap",
        isOutbound: true,
        contactId,
        skillId: skill.skillId,
        skillName: shownSkill(tenant, call.state, skill)["skillName"],
        mediaType: PHONE_MEDIA,
        startDate: time(at),
      });
      const taken = new Set<number>();
      for (const { call: contact } of busy) {
        const agentId = agentNumber(contact.agentId);
        taken.add(agentId);
        const at = contact.status === "wrap_up" ? contact.endTime : contact.connectedTime;
        rows.push(
          shown(
            agentId,
            contact.status === "wrap_up" ? "wrap" : "talk",
            at ?? contact.startTime,
            contactIdOf(tenant, contact.id),
          ),
        );
      }
      const { idle } = tenant.engine.staff(skill.world);
      const free = signedIn(call, skill).filter((agentId) => !taken.has(agentId));
      for (const [place, agentId] of free.entries()) rows.push(shown(agentId, place < idle ? "wait" : "away", now));
    }
    return page(call, "agentStates", rows, { emptyIs204: false });
  },
  skillSummary: (call) => summaryOf(call, call.state.skills),
  oneSkillSummary: (call) => summaryOf(call, [skillOf(call)]),
  slaSummary(call) {
    const { from, to } = itemRangeOf(call, {
      start: "Invalid Start Date",
      end: "Invalid End Date",
      reversed: "Invalid Start Date",
    });
    const rows = call.state.skills.map((skill) => {
      const { connects, abandons } = sums(
        call.state,
        callsOf(call.tenant, [skill], from, to - 1).map((entry) => entry.call),
      );
      const { skillId, skillName } = identity(call, skill);
      const total = connects + abandons;
      return {
        businessUnitId: call.state.businessUnitId,
        skillId,
        skillName,
        contactsWithinSLA: connects,
        contactsOutOfSLA: abandons,
        totalContacts: total,
        serviceLevel: total === 0 ? 100 : Math.round((100 * connects) / total),
      };
    });
    return page(call, "serviceLevelSummaries", rows, { emptyIs204: false });
  },
  dialerStats(call) {
    const rows = quarters(call, MAX_DIALER_STATS_HOURS).map(({ skill, at, figures }) => {
      const aht = figures.connects === 0 ? 0 : Math.round(figures.talkSeconds / figures.connects);
      const { skillId, skillName } = identity(call, skill);
      return {
        ...unitOf(call),
        intervalStartDate: time(at),
        skillId,
        skillName,
        mediaTypeId: PHONE_MEDIA,
        mediaTypeName: "Phone Call",
        dials: figures.dials,
        connects: figures.connects,
        connectsAHT: aht,
        rightPartyConnects: figures.rightPartyConnects,
        rightPartyConnectsAHT: aht,
        abandons: figures.abandons,
      };
    });
    return wfm(call, call.v > 30 ? "wfM_OB_StatsV9" : "outboundStats", rows);
  },
  wfmContacts(call) {
    const rows = quarters(call, 1).map(({ skill, at, figures: { connects, abandons, talkSeconds } }) => {
      const { skillId, skillName } = identity(call, skill);
      return {
        ...unitOf(call),
        intervalStartDate: time(at),
        skillId,
        skillName,
        serviceLevel: connects + abandons === 0 ? 100 : Math.round((100 * connects) / (connects + abandons)),
        mediaTypeId: PHONE_MEDIA,
        mediaTypeName: "Phone Call",
        totalContacts: connects + abandons,
        totalHandled: connects,
        averageHandleTime: connects === 0 ? 0 : Math.round(talkSeconds / connects),
        abandonCount: abandons,
        averageSpeedOfAnswer: 0,
        totalContactTime: talkSeconds,
        isOutbound: true,
      };
    });
    return wfm(call, "contactStats", rows);
  },
  wfmAgentPerformance(call) {
    const { from, to } = wfmRange(call, 24);
    const half = ({ contact }: Handled) => Math.floor(contact.startTime / HALF_HOUR_MS) * HALF_HOUR_MS;
    const groups = grouped(handledIn(call, from, to), (one) => `${one.skill.skillId}/${one.agentId}/${half(one)}`);
    const rows = groups.flatMap((handled) => {
      const [first] = handled;
      if (first === undefined) return [];
      const { firstName, lastName } = calledPersonOf(first.agentId);
      const { skillId, skillName } = identity(call, first.skill);
      return {
        ...unitOf(call),
        skillId,
        skillName,
        agentId: first.agentId,
        firstName,
        lastName,
        halfHour: time(half(first)),
        totalHandled: handled.length,
        totalHandledTime: total(handled, ({ talk, wrap }) => talk + wrap),
        totalACWTime: total(handled, ({ wrap }) => wrap),
      };
    });
    return wfm(call, "skillsPerformance", rows);
  },
  wfmAgents(call) {
    itemRangeOf(call);
    const at = time(call.tenant.start);
    const rows = [...roster(call).keys()].map((id) => ({
      ...calledPersonOf(id),
      ...unitOf(call),
      middleName: "",
      status: "Active",
      createDate: at,
      modDateTime: at,
      productId: 1,
      ntLoginName: "",
    }));
    return wfm(call, call.v > 30 ? "wfM_Data_Agents" : "wfoAgentSpecificStats", rows);
  },
  wfmAdherence(call) {
    const { from, to } = itemRangeOf(call);
    const rows = stagesOf(call, handledIn(call, from, to)).map(({ agentId, what, at, seconds, session, skill }, place) => {
      const { agentStateId, outStateId, outStateDescription } = STATES[what];
      return {
        ...unitOf(call),
        agentId,
        stateIndex: place,
        startDate: time(at),
        agentStateId,
        agentSessionId: session,
        skillId: skill.skillId,
        outStateId,
        outStateDescription,
        duration: seconds,
      };
    });
    return wfm(call, "agentStateHistory", rows, true);
  },
  wfmScorecards(call) {
    const { from, to } = itemRangeOf(call);
    const rows = grouped(handledIn(call, from, to), ({ agentId }) => String(agentId)).map((handled) => {
      const { talk, wrap, wait, login } = workOf(handled.length, stagesOf(call, handled));
      return {
        businessUnitId: call.state.businessUnitId,
        agentId: handled[0]?.agentId,
        startDate: time(from),
        totalTime: login,
        talkTime: talk,
        acwTime: wrap,
        holdTime: 0,
        totalCalls: handled.length,
        abandonedCalls: 0,
        auxTime: 0,
        auxInTime: 0,
        auxOutTime: 0,
        idleTime: wait,
        actualCalls: handled.length,
      };
    });
    return wfm(call, call.v > 30 ? "agentStateHistory" : "wfmScorecardStats", rows, true);
  },
};

// Skills, which dial. Starting one starts the campaign of the world.

const NOT_STARTABLE = "not a valid Natural Calling skill";
const NOT_STOPPABLE = "not a valid or a non-running Natural Calling skill";
/** In v30 one skill is answered as a list of one; the other recorded versions answer it flat. */
const AS_LIST = { from: 24, to: 31 };

/** The skill in the path, or a 404 with the text. */
export function skillOf(call: AcdCall, text = "Invalid skillId", code = "InvalidSkillId"): AcdSkill {
  const id = pathId(call.params["skillId"], text, code);
  const skill = call.state.skills.find(({ skillId }) => skillId === id);
  if (skill === undefined) throw missing(text, code);
  return skill;
}

/** Changes fields of the world's campaign. */
export function changeCampaign(call: AcdCall, skill: AcdSkill, fields: Readonly<Record<string, unknown>>): void {
  const before = recordOf(call.tenant, skill);
  const after = call.tenant.campaigns.merge(skill.world, fields, call.now);
  if (before !== undefined && after !== undefined) campaignChanged(call.tenant, before, after, call.clientId);
}

const nameInUse = (call: AcdCall, name: string, other?: AcdSkill): boolean =>
  call.state.skills.some((skill) => skill !== other && shownSkill(call.tenant, call.state, skill)["skillName"] === name);

function create(call: AcdCall, draft: Readonly<Record<string, unknown>>): { skillId: number } | { error: string } {
  const { skillName, campaignId, mediaTypeId } = draft;
  if (typeof skillName !== "string" || skillName === "" || skillName.length > 30) return { error: "Invalid skillName" };
  if (nameInUse(call, skillName)) return { error: "Skill name is already in use" };
  if (!call.state.groups.some(({ id }) => id === Number(campaignId))) return { error: "Invalid campaignId" };
  if (!/^\d+$/.test(String(mediaTypeId))) return { error: "Invalid mediaTypeId" };
  if (draft["isOutbound"] !== true && draft["isOutbound"] !== "true") {
    const needed = ["serviceLevelThreshold", "serviceLevelGoal", "enableShortAbandon", "shortAbandonThreshold"];
    const lacking = needed.find((name) => draft[name] === undefined);
    if (lacking !== undefined) return { error: `${lacking} is required` };
  }
  const { tenant, state, now, switches } = call;
  const world = tenant.ids.id("camp", now);
  const record = tenant.campaigns.create(world, { name: skillName, status: "paused" }, [], now);
  const { skillName: _, campaignId: group, mediaTypeId: media, ...rest } = draft;
  const fields = { ...rest, campaignId: Number(group), mediaTypeId: Number(media), isActive: true };
  const skill = addSkill(state, world, fields, now + switches.newSkillHiddenSeconds * 1000);
  campaignChanged(tenant, undefined, record, call.clientId);
  return { skillId: skill.skillId };
}

const TRIGGERS = new Set(["LINKED", "CONNECT", "ACTIVE"]);

/** Why a change of a skill is refused; undefined when it is allowed. */
function flaw(call: AcdCall, skill: AcdSkill, change: Readonly<Record<string, unknown>>): string | undefined {
  const name = change["skillName"];
  if (typeof name === "string" && nameInUse(call, name, skill)) return "Skill name is already in use";
  if (
    typeof change["screenPopTriggerEvent"] === "string" &&
    (change["screenPopTriggerEvent"] === "" || TRIGGERS.has(change["screenPopTriggerEvent"]))
  )
    return "screenPopTriggerEvent: expected Integer or Null";
  for (const empty of ["emailFromAddress", "callSuppressionScriptId"]) if (change[empty] === "") return `Invalid ${empty}`;
  if (Number(change["outboundTelecomRouteId"] ?? -1) === 0) return "Invalid outboundTelecomRouteId";
  const codes: readonly unknown[] = Array.isArray(change["dispositions"]) ? change["dispositions"] : [];
  if (!codes.every((one) => call.state.codes.some(({ id }) => id === Number(bodyField(one, "dispositionId")))))
    return "Invalid dispositionId";
  const acw = change["acwTypeId"] ?? shownSkill(call.tenant, call.state, skill)["acwTypeId"];
  if (codes.length > 0 && Number(acw) !== 2) return "Invalid acwTypeId: dispositions need a disposition after contact work";
  if ((change["screenPopType"] === undefined) !== (change["screenPopDetails"] === undefined))
    return "screenPopType and screenPopDetails are needed together";
  return undefined;
}

export const skills: AcdHandlers<
  | "listSkills"
  | "getSkill"
  | "createSkills"
  | "updateSkill"
  | "startSkill"
  | "stopSkill"
  | "listSkillAgents"
  | "assignSkillAgents"
> = {
  listSkills(call) {
    const media = call.query.whole("mediaTypeId", "Invalid mediaTypeId");
    const strategy = call.query.text("outboundStrategy")?.toLowerCase();
    const active = call.query.flag("isActive");
    const sought = call.query.text("searchString")?.toLowerCase();
    call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    const rows = call.state.skills
      .filter(({ visibleFrom }) => visibleFrom <= call.now)
      .map((skill) => shownSkill(call.tenant, call.state, skill))
      .filter((row) => media === undefined || row["mediaTypeId"] === media)
      .filter((row) => strategy === undefined || String(row["outboundStrategy"]).toLowerCase() === strategy)
      .filter((row) => active === undefined || row["isActive"] === active)
      .filter((row) => sought === undefined || String(row["skillName"]).toLowerCase().includes(sought));
    return page(call, "skills", rows, { most: 100, emptyIs204: false });
  },
  getSkill(call) {
    const row = inForm(call, shownSkill(call.tenant, call.state, skillOf(call)));
    return ok(call.v >= AS_LIST.from && call.v < AS_LIST.to ? { skills: [row] } : row);
  },
  createSkills(call) {
    const drafts = bodyField(call.body, "skills");
    if (!Array.isArray(drafts) || drafts.length === 0) throw invalid("Invalid parameter");
    const results = (drafts as unknown[]).map((draft) => {
      const made = isRecord(draft) ? create(call, draft) : { error: "Invalid parameter" };
      return "error" in made ? { success: false, error: made.error, skillId: null } : { success: true, error: null, ...made };
    });
    return ok({ errorCount: results.filter(({ success }) => !success).length, skillsResults: results });
  },
  updateSkill(call) {
    const skill = skillOf(call);
    const change = bodyField(call.body, "skill");
    if (!isRecord(change)) throw invalid("Invalid parameter");
    if (isRunning(call.tenant, skill)) throw conflict("Invalid state. Cannot update a running skill");
    const wrong = flaw(call, skill, change);
    if (wrong !== undefined) throw invalid(wrong);
    const group = call.state.groups.find(
      ({ id }) => id === Number(change["campaignId"] ?? skill.fields["campaignId"] ?? call.state.groups[0]?.id),
    );
    if (change["isActive"] === true && group?.isActive === false)
      throw new AcdRefusal(500, "InternalServerError", "Skill setup failed. Skill cannot be marked active");
    const { skillName, skillId: _, isRunning: _running, campaignName: _name, ...fields } = change;
    skill.fields = { ...skill.fields, ...fields };
    if (typeof skillName === "string") changeCampaign(call, skill, { name: skillName });
    return ok({ success: true, skillId: skill.skillId });
  },
  startSkill(call) {
    const skill = skillOf(call, NOT_STARTABLE);
    if (!canDial(skill)) throw missing(NOT_STARTABLE, "InvalidSkillId");
    const ready = skill.fields["isActive"] !== false && skill.pending === undefined;
    if (isRunning(call.tenant, skill) || !ready) throw conflict("Invalid state. Cannot start skill");
    later(call.tenant, call.state, skill, { to: "active", seconds: call.switches.startSeconds });
    return accepted();
  },
  stopSkill(call) {
    const hangsUp = call.query.flag("force", "force must be a boolean") === true;
    const skill = skillOf(call, NOT_STOPPABLE);
    const starting = skill.pending?.to === "active";
    if (!canDial(skill) || (!isRunning(call.tenant, skill) && !starting) || skill.pending?.to === "paused")
      throw missing(NOT_STOPPABLE, "InvalidSkillId");
    later(call.tenant, call.state, skill, { to: "paused", seconds: call.switches.stopSeconds, hangsUp });
    // The vendor's own tests of version 12 expect 200.
    return call.v <= 12 ? ok() : accepted();
  },
  listSkillAgents(call) {
    const skill = skillOf(call);
    // Those who work on it are assigned to it, whether or not a client assigned them.
    const rows = [...roster(call)].flatMap(([agentId, skills]) => {
      if (!skills.has(skill)) return [];
      return [skill.agents.find((agent) => Number(agent["agentId"]) === agentId) ?? { agentId, isActive: true, proficiency: 10 }];
    });
    return page(call, "agents", rows, { most: 100, emptyIs204: false });
  },
  assignSkillAgents(call) {
    const skill = skillOf(call);
    const given = Array.isArray(call.body) ? (call.body as unknown[]) : bodyField(call.body, "agents");
    if (!Array.isArray(given)) throw invalid("Invalid parameter");
    const results = (given as unknown[]).map((entry) => {
      const agentId = Number(bodyField(entry, "agentId"));
      const proficiency = Number(bodyField(entry, "proficiency") ?? 10);
      const wrong = !Number.isInteger(agentId)
        ? "Invalid agentId"
        : proficiency < 1 || proficiency > 20
          ? "Invalid proficiency"
          : null;
      if (wrong === null) {
        skill.agents = skill.agents.filter((agent) => agent["agentId"] !== agentId);
        // Who works on the skill stays known: the end of an assignment is kept.
        skill.agents.push({ agentId, isActive: bodyField(entry, "isActive") !== false, proficiency });
      }
      return { agentId, success: wrong === null, error: wrong };
    });
    return ok({ resultSet: { errorCount: results.filter(({ success }) => !success).length, agentResults: results } });
  },
};
