// Present figures and sums over ranges of time, measured on the world's calls.

import { MAX_DIALER_STATS_HOURS, MAX_SUMMARY_DAYS } from "../../../contract/acd/index.ts";
import { DAY_MS, HOUR_MS } from "../../../kernel/index.ts";
import { type AcdAnswer, conflict, invalid } from "../answer.ts";
import { type AcdCall, type AcdHandlers } from "../call.ts";
import { agentNumber, callsOf, contactIdOf, durationText, isOver, sums } from "../calls.ts";
import { page } from "../reply.ts";
import type { AcdSkill } from "../state.ts";
import { canDial, shownSkill, time } from "../world.ts";
import { skillOf } from "./skills.ts";

const QUARTER_MS = 900_000;

function identity(call: AcdCall, skill: AcdSkill) {
  const { skillId, skillName, campaignId, campaignName, isActive, isOutbound } = shownSkill(call.tenant, call.state, skill);
  return { skillId, skillName, campaignId, campaignName, isActive, isOutbound };
}

/** Version 5 ignored values that it did not understand. */
const checksFilters = (call: AcdCall): boolean => call.version === 0 || call.version > 5;

function activityOf(call: AcdCall, skills: readonly AcdSkill[]): AcdAnswer {
  const media = call.query.text("mediaTypeId");
  if (checksFilters(call)) {
    if (media !== undefined && !/^\d{1,2}$/.test(media)) throw invalid("Invalid mediaTypeId", "InvalidMediaType");
    call.query.date("updatedSince", "Invalid updatedSince", "InvalidUpdatedSince");
    call.query.flag("isOutbound", "Invalid isOutbound", "InvalidIsOutbound");
  }
  const outbound = call.query.text("isOutbound")?.toLowerCase();
  const { tenant, state, now } = call;
  const rows = skills
    .map((skill) => {
      const staff = tenant.engine.staff(skill.world);
      return {
        serverTime: time(now),
        businessUnitId: state.businessUnitId,
        ...identity(call, skill),
        isNaturalCalling: canDial(skill),
        agentsLoggedIn: staff.loggedIn,
        agentsAvailable: staff.idle,
        agentsIdle: staff.idle,
        agentsUnavailable: 0,
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
    })
    .filter((row) => media === undefined || !/^\d+$/.test(media) || row.mediaTypeId === Number(media))
    .filter((row) => outbound === undefined || !/^(true|false)$/.test(outbound) || String(row.isOutbound) === outbound);
  return page(call, "skillActivity", rows, { emptyIs204: false });
}

const SUMMARY_TEXTS = { start: "Invalid startDate", end: "Invalid endDate", reversed: "Invalid date range" };

function rangeOf(call: AcdCall, texts = SUMMARY_TEXTS): { from: number; to: number } {
  const from = call.query.date("startDate", texts.start);
  const to = call.query.date("endDate", texts.end);
  if (from === undefined) throw invalid(texts.start);
  if (to === undefined) throw invalid(texts.end);
  if (to < from) throw invalid(texts.reversed);
  return { from, to };
}

function summaryOf(call: AcdCall, skills: readonly AcdSkill[]): AcdAnswer {
  const { from, to } = rangeOf(call);
  if (to - from > MAX_SUMMARY_DAYS * DAY_MS) throw invalid("Invalid date range. Max 30 days.");
  const rows = skills.map((skill) => {
    const calls = callsOf(call.tenant, [skill], from, to).map((entry) => entry.call);
    const { dials, connects, abandons, rightPartyConnects, talkSeconds } = sums(call.state, calls);
    const aht = durationText(connects === 0 ? 0 : Math.round(talkSeconds / connects));
    return {
      businessUnitId: call.state.businessUnitId,
      ...identity(call, skill),
      mediaTypeId: 4,
      dials,
      connects,
      connectsAHT: aht,
      rightPartyConnects,
      rightPartyConnectsAHT: aht,
      abandonCount: abandons,
      abandonRate: connects + abandons === 0 ? 0 : Math.round((10_000 * abandons) / (connects + abandons)) / 100,
      contactsActive: call.tenant.engine.activeCalls(skill.world),
      contactsHandled: connects,
      contactsOffered: connects + abandons,
      contactsQueued: 0,
      contactsWithinSLA: connects,
      contactsOutOfSLA: abandons,
      agentsACW: 0,
      agentsAvailable: 0,
      averageHandleTime: aht,
      averageInqueueTime: "PT0S",
      averageSpeedToAnswer: "PT0S",
      averageTalkTime: aht,
      averageWrapTime: "PT17S",
      holdTime: "PT0S",
      longestQueueDur: "PT0S",
      queueCount: 0,
      serviceLevel: connects + abandons === 0 ? 100 : Math.round((100 * connects) / (connects + abandons)),
      totalContactTime: durationText(talkSeconds),
    };
  });
  return page(call, "skillSummaries", rows, { emptyIs204: false });
}

/** A range of planning data, of at most so many hours. */
function wfmRange(call: AcdCall, hours: number): { from: number; to: number } {
  const range = rangeOf(call);
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

const agentsAtWork = (call: AcdCall) => {
  const { from, to } = rangeOf(call);
  const known = new Map<number, { talk: number; contacts: number }>();
  for (const { call: contact } of callsOf(call.tenant, call.state.skills, from, to - 1)) {
    if (contact.connectedTime === undefined || contact.endTime === undefined) continue;
    const id = agentNumber(contact.agentId);
    const before = known.get(id) ?? { talk: 0, contacts: 0 };
    known.set(id, {
      talk: before.talk + Math.round((contact.endTime - contact.connectedTime) / 1000),
      contacts: before.contacts + 1,
    });
  }
  return [...known].sort(([a], [b]) => a - b).map(([agentId, figures]) => ({ agentId, ...figures, startDate: time(from) }));
};

export const activities: AcdHandlers<
  | "skillActivity"
  | "oneSkillActivity"
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
  agentStates(call) {
    call.query.date("updatedSince", "Invalid Updated Since", "InvalidUpdatedSince");
    const { tenant, state, now } = call;
    const rows: Record<string, unknown>[] = [];
    for (const skill of state.skills) {
      const busy = callsOf(tenant, [skill], now - DAY_MS, now).filter(
        ({ call: contact }) => contact.connectedTime !== undefined && (!isOver(contact) || contact.status === "wrap_up"),
      );
      for (const { call: contact } of busy) {
        rows.push({
          agentId: agentNumber(contact.agentId),
          agentStateId: contact.status === "wrap_up" ? 1 : 4,
          agentStateName: contact.status === "wrap_up" ? "Unavailable" : "OutboundContact",
          isACW: contact.status === "wrap_up",
          isOutbound: true,
          contactId: contactIdOf(tenant, contact.id),
          skillId: skill.skillId,
          skillName: skill.world,
          startDate: time(contact.connectedTime ?? contact.startTime),
          outStateId: 0,
          outStateDescription: "",
          teamId: 1,
        });
      }
      const { idle } = tenant.engine.staff(skill.world);
      for (let place = 0; place < idle; place++) {
        rows.push({
          agentId: 9000 + state.skills.indexOf(skill) * 1000 + place,
          agentStateId: 20,
          agentStateName: "Dialer",
          isACW: false,
          isOutbound: true,
          contactId: 0,
          skillId: skill.skillId,
          skillName: skill.world,
          startDate: time(now),
          outStateId: 0,
          outStateDescription: "",
          teamId: 1,
        });
      }
    }
    return page(call, "agentStates", rows, { emptyIs204: false });
  },
  skillSummary: (call) => summaryOf(call, call.state.skills),
  oneSkillSummary: (call) => summaryOf(call, [skillOf(call)]),
  slaSummary(call) {
    const { from, to } = rangeOf(call, { start: "Invalid Start Date", end: "Invalid End Date", reversed: "Invalid Start Date" });
    const rows = call.state.skills.map((skill) => {
      const { connects, abandons } = sums(
        call.state,
        callsOf(call.tenant, [skill], from, to).map((entry) => entry.call),
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
        businessUnitId: call.state.businessUnitId,
        intervalStartDate: time(at),
        skillId,
        skillName,
        mediaTypeId: 4,
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
    const rows = quarters(call, 1).map(({ skill, at, figures }) => ({
      businessUnitId: call.state.businessUnitId,
      intervalStartDate: time(at),
      skillId: skill.skillId,
      mediaTypeId: 4,
      offered: figures.connects + figures.abandons,
      handled: figures.connects,
      abandoned: figures.abandons,
    }));
    return wfm(call, "contactStats", rows);
  },
  wfmAgentPerformance: (call) => {
    wfmRange(call, 24);
    return wfm(call, "skillsPerformance", agentsAtWork(call));
  },
  wfmAgents: (call) => wfm(call, call.v > 30 ? "wfM_Data_Agents" : "wfoAgentSpecificStats", agentsAtWork(call)),
  wfmAdherence: (call) => wfm(call, "agentStateHistory", agentsAtWork(call), true),
  wfmScorecards: (call) => wfm(call, call.v > 30 ? "agentStateHistory" : "wfmScorecardStats", agentsAtWork(call), true),
};
