// The ACD side of the sandbox before readers that take nothing on trust: exact fields, exact types, figures that agree with each other to the call. What they
// expect is written from what public programs of others read from real tenants, not from the sandbox.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { AcdClient } from "../../clients/acd-client.ts";

const NOW = "2026-01-14T15:00:00Z";
const ORIGIN = "http://tenant.localhost:8080";
const KEY = { id: "key", secret: "a/b+c=%41" };
const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

type Row = Readonly<Record<string, unknown>>;

let sandbox: Sandbox;
const at = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();
/** The world's dialer has worked for two hours. */
const RANGE = { startDate: NOW, endDate: at(8 * QUARTER) };

async function client(version: number): Promise<AcdClient> {
  const made = new AcdClient((url, init) => sandbox.fetch(url, init), ORIGIN, KEY, version);
  await made.logIn();
  return made;
}

beforeAll(async () => {
  sandbox = createSandbox({
    scenario: {
      clients: [KEY],
      campaigns: ["camp_a", "camp_b"].map((id) => ({
        id,
        name: `Skill ${id}`,
        contactListId: "list_a",
        status: "active" as const,
      })),
      contactLists: [
        { id: "list_a", generate: { count: 2_000, consented: 2_000 }, answerRate: 0.6, abandonRate: 0.05, talk: 40, wrap: 10 },
      ],
    },
    now: NOW,
    clock: "frozen",
    seed: 5,
  });
  await sandbox.control.advance((8 * QUARTER) / 1000);
});
afterAll(() => sandbox.close());

/** Reads as a loader does that converts every value by a schema and refuses what it does not know. */
function strictly(
  rows: readonly Row[],
  fields: Readonly<Record<string, "integer" | "decimal" | "text" | "boolean" | "instant" | "duration">>,
) {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(Object.keys(row).sort()).toEqual(Object.keys(fields).sort());
    for (const [name, type] of Object.entries(fields)) {
      const value = row[name];
      // Records of this version are texts throughout.
      expect([name, typeof value]).toEqual([name, "string"]);
      const text = String(value);
      const good = {
        integer: /^-?\d+$/.test(text),
        decimal: /^-?\d+(\.\d+)?$/.test(text),
        text: true,
        boolean: /^(true|false)$/i.test(text),
        instant: text !== "" && !Number.isNaN(Date.parse(text)),
        duration: /^PT(\d+H)?(\d+M)?(\d+S)?$/.test(text) && text !== "PT",
      }[type];
      expect([name, text, good]).toEqual([name, text, true]);
    }
  }
}
const all = <const T extends string>(type: T, names: string) =>
  Object.fromEntries(names.split(" ").map((name) => [name, type])) as Record<string, T>;

describe("a loader of v21 that refuses every field and type that it does not know", () => {
  let api: AcdClient;
  beforeAll(async () => {
    api = await client(21);
  });

  test("skills/summary: whole numbers only", async () => {
    strictly(await api.rows("/skills/summary", "skillSummaries", RANGE), {
      ...all("instant", "startDate endDate"),
      ...all("text", "businessUnitName campaignName mediaTypeName skillName"),
      ...all("boolean", "isOutbound"),
      ...all("decimal", "connectsAHT rightPartyConnectsAHT"),
      ...all(
        "integer",
        "businessUnitId abandonCount abandonRate agentsAcw agentsAvailable agentsIdle agentsLoggedIn agentsUnavailable agentsWorking averageHandleTime averageInqueueTime averageSpeedToAnswer averageTalkTime averageWrapTime campaignId contactsActive contactsHandled contactsOffered contactsQueued contactsOutOfSLA contactsWithinSLA holdTime longestQueueDur mediaTypeId queueCount serviceLevel serviceLevelGoal serviceLevelThreshold skillId totalContactTime dials connects rightPartyConnects",
      ),
    });
  });

  test("teams/performance-total: durations, no name of the team", async () => {
    const rows = await api.rows("/teams/performance-total", "teamPerformanceTotal", RANGE);
    strictly(rows, {
      ...all("integer", "teamId agentOffered inboundHandled outboundHandled totalHandled totalAvgHandled refused"),
      ...all("decimal", "percentRefused workingRate occupancy"),
      ...all(
        "duration",
        "inboundTime inboundTalkTime inboundAvgTalkTime outboundTime outboundTalkTime outboundAvgTalkTime totalTalkTime totalAvgTalkTime totalAvgHandleTime consultTime availableTime unavailableTime avgAvailableTime avgUnavailableTime acwTime loginTime",
      ),
    });
  });

  test("the rows of work force management have five shapes", async () => {
    const unit = { ...all("integer", "businessUnitId"), ...all("text", "businessUnitName") };
    const hour = { startDate: NOW, endDate: at(4 * QUARTER) };
    strictly(await api.rows("/wfm-data/skills/contacts", "contactStats", hour), {
      ...unit,
      ...all("instant", "intervalStartDate"),
      ...all("integer", "skillId mediaTypeId totalContacts totalHandled abandonCount"),
      ...all("text", "skillName mediaTypeName"),
      ...all("decimal", "serviceLevel averageHandleTime averageSpeedOfAnswer totalContactTime"),
      ...all("boolean", "isOutbound"),
    });
    strictly(await api.rows("/wfm-data/skills/dialer-contacts", "outboundStats", hour), {
      ...unit,
      ...all("instant", "intervalStartDate"),
      ...all("integer", "skillId mediaTypeId dials connects rightPartyConnects abandons"),
      ...all("text", "skillName mediaTypeName"),
      ...all("decimal", "connectsAHT rightPartyConnectsAHT"),
    });
    strictly(await api.rows("/wfm-data/skills/agent-performance", "skillsPerformance", hour), {
      ...unit,
      ...all("instant", "halfHour"),
      ...all("integer", "skillId agentId totalHandled totalHandledTime totalACWTime"),
      ...all("text", "skillName firstName lastName"),
    });
    strictly(await api.rows("/wfm-data/agents", "wfoAgentSpecificStats", hour), {
      ...unit,
      ...all("integer", "agentId teamId productId"),
      ...all("text", "teamName firstName middleName lastName status ntLoginName"),
      ...all("instant", "createDate modDateTime"),
    });
    strictly(await api.rows("/wfm-data/agents/schedule-adherence", "agentStateHistory", hour), {
      ...unit,
      ...all("integer", "agentId stateIndex agentStateId agentSessionId skillId outStateId duration"),
      ...all("instant", "startDate"),
      ...all("text", "outStateDescription"),
    });
    strictly(await api.rows("/wfm-data/agents/scorecards", "wfmScorecardStats", hour), {
      ...all("integer", "businessUnitId agentId totalCalls abandonedCalls auxInTime auxOutTime actualCalls"),
      ...all("instant", "startDate"),
      ...all("decimal", "totalTime talkTime acwTime holdTime auxTime idleTime"),
    });
  });

  test("contacts/completed has neither division, nor end reason, nor tags", async () => {
    const [row] = await api.rows("/contacts/completed", "completedContacts", RANGE);
    expect(Object.keys(row ?? {}).filter((name) => ["divisionNo", "endReason", "tags"].includes(name))).toEqual([]);
  });

  test("a page after the other by the time of change repeats and loses nobody", async () => {
    const query = { updatedSince: NOW, orderBy: "lastUpdateTime asc" };
    const whole = await api.completed(query, 10_000);
    const paged = await api.completed(query, 7);
    expect([paged.length, new Set(paged).size]).toEqual([whole.length, whole.length]);
  });
});

describe("one world: every report counts the same calls", () => {
  let api: AcdClient;
  beforeAll(async () => {
    api = await client(33);
  });
  const sum = (rows: readonly Row[], name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);
  const seconds = (rows: readonly Row[], name: string): number =>
    rows.reduce((total, row) => {
      const [, hours = 0, minutes = 0, rest = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(String(row[name])) ?? [];
      return total + 3600 * Number(hours) + 60 * Number(minutes) + Number(rest);
    }, 0);

  test("dials, connects and abandons of each quarter of an hour", async () => {
    for (let quarter = 0; quarter < 8; quarter++) {
      const range = { startDate: at(quarter * QUARTER), endDate: at((quarter + 1) * QUARTER) };
      const [dialer, summary, sla, contacts] = [
        await api.rows("/wfm-data/skills/dialer-contacts", "wfM_OB_StatsV9", range),
        await api.rows("/skills/summary", "skillSummaries", range),
        await api.rows("/skills/sla-summary", "serviceLevelSummaries", range),
        await api.rows("/wfm-data/skills/contacts", "contactStats", range),
      ];
      expect([sum(dialer, "dials"), sum(dialer, "connects"), sum(dialer, "abandons")]).toEqual([
        sum(summary, "dials"),
        sum(summary, "connects"),
        sum(summary, "abandonCount"),
      ]);
      expect([sum(sla, "contactsWithinSLA"), sum(contacts, "totalHandled"), sum(sla, "totalContacts")]).toEqual([
        sum(dialer, "connects"),
        sum(dialer, "connects"),
        sum(contacts, "totalContacts"),
      ]);
    }
  });

  test("dials are the attempts of the list; connects are the contacts that an agent handled", async () => {
    const [dialer, attempts, completed] = [
      await api.rows("/wfm-data/skills/dialer-contacts", "wfM_OB_StatsV9", { startDate: NOW, endDate: at(8 * QUARTER) }),
      await api.rows("/lists/call-lists/501/attempts", "contactAttempts", { top: 10_000 }),
      await api.rows("/contacts/completed", "completedContacts", { ...RANGE, top: 10_000 }),
    ];
    const open = await api.rows("/contacts/active", "activeContacts");
    // A contact in wrap-up is among both.
    expect(sum(dialer, "dials")).toBe(new Set([...attempts, ...open].map(({ contactId }) => contactId)).size);
    const handled = completed.filter(({ agentId }) => Number(agentId) > 0);
    expect(sum(dialer, "connects")).toBe(handled.length);
    expect(sum(dialer, "abandons")).toBe(completed.filter(({ abandoned }) => abandoned === true).length);
  });

  test("agents, teams, skills and their contacts: handled calls, talk and wrap-up", async () => {
    const [completed, agents, teams, score, skills, states] = [
      (await api.rows("/contacts/completed", "completedContacts", { ...RANGE, top: 10_000 })).filter(
        ({ agentId }) => Number(agentId) > 0,
      ),
      await api.rows("/agents/performance", "agentPerformance", RANGE),
      await api.rows("/teams/performance-total", "teamPerformanceTotal", RANGE),
      await api.rows("/wfm-data/agents/scorecards", "agentStateHistory", RANGE),
      await api.rows("/wfm-data/skills/agent-performance", "skillsPerformance", RANGE),
      await api.rows("/agents/state-history", "agentStateHistory", { ...RANGE, top: 10_000 }),
    ];
    const count = completed.length;
    expect([
      sum(agents, "outboundHandled"),
      sum(teams, "outboundHandled"),
      sum(score, "totalCalls"),
      sum(skills, "totalHandled"),
    ]).toEqual([count, count, count, count]);
    const [talk, wrap] = [sum(completed, "agentSeconds"), sum(completed, "acwSeconds")];
    expect([seconds(agents, "totalTalkTime"), seconds(teams, "totalTalkTime"), sum(score, "talkTime")]).toEqual([
      talk,
      talk,
      talk,
    ]);
    expect([seconds(agents, "acwTime"), seconds(teams, "acwTime"), sum(score, "acwTime"), sum(skills, "totalACWTime")]).toEqual([
      wrap,
      wrap,
      wrap,
      wrap,
    ]);
    expect(seconds(agents, "loginTime")).toBe(seconds(states, "duration"));
    // Whom a contact names, there is, in the team that it names, on the skill that it was on.
    const people = new Map((await api.rows("/agents", "agents")).map((one) => [one["agentId"], one]));
    const assigned = new Set(
      (await api.rows("/agents/skills", "agentSkillAssignments", { top: 100 })).map(
        (one) => `${String(one["agentId"])}/${String(one["skillId"])}`,
      ),
    );
    for (const { agentId, firstName, lastName, teamId, teamName, skillId } of completed) {
      expect(people.get(agentId)).toMatchObject({ firstName, lastName, teamId, teamName });
      expect(assigned.has(`${String(agentId)}/${String(skillId)}`)).toBe(true);
    }
  });

  test("agents, teams and scorecards of each quarter of an hour: the calls of its contacts, agent by agent", async () => {
    const all = (await api.rows("/contacts/completed", "completedContacts", { ...RANGE, top: 10_000 })).filter(
      ({ agentId }) => Number(agentId) > 0,
    );
    const tally = (rows: readonly Row[], of: string, count: (row: Row) => number) => {
      const sums = new Map<string, number>();
      for (const row of rows) sums.set(String(row[of]), (sums.get(String(row[of])) ?? 0) + count(row));
      return Object.fromEntries([...sums].filter(([, many]) => many > 0));
    };
    let quarters = 0;
    for (let quarter = 0; quarter < 8; quarter++) {
      const range = { startDate: at(quarter * QUARTER), endDate: at((quarter + 1) * QUARTER) };
      const [dialer, agents, teams, score, skills] = [
        await api.rows("/wfm-data/skills/dialer-contacts", "wfM_OB_StatsV9", range),
        await api.rows("/agents/performance", "agentPerformance", range),
        await api.rows("/teams/performance-total", "teamPerformanceTotal", range),
        await api.rows("/wfm-data/agents/scorecards", "agentStateHistory", range),
        await api.rows("/wfm-data/skills/agent-performance", "skillsPerformance", range),
      ];
      const here = all.filter(
        ({ contactStartDate: start }) =>
          Date.parse(String(start)) >= Date.parse(range.startDate) && Date.parse(String(start)) < Date.parse(range.endDate),
      );
      const byAgent = tally(here, "agentId", () => 1);
      expect(tally(agents, "agentId", (row) => Number(row["outboundHandled"]))).toEqual(byAgent);
      expect(tally(score, "agentId", (row) => Number(row["totalCalls"]))).toEqual(byAgent);
      expect(tally(skills, "agentId", (row) => Number(row["totalHandled"]))).toEqual(byAgent);
      expect(tally(teams, "teamId", (row) => Number(row["outboundHandled"]))).toEqual(tally(here, "teamId", () => 1));
      expect(tally(skills, "skillId", (row) => Number(row["totalHandled"]))).toEqual(
        tally(dialer, "skillId", (row) => Number(row["connects"])),
      );
      expect(tally(agents, "agentId", (row) => seconds([row], "totalTalkTime"))).toEqual(
        tally(here, "agentId", (row) => Number(row["agentSeconds"])),
      );
      quarters += here.length > 0 ? 1 : 0;
    }
    expect(quarters).toBe(8);
  });

  test("what an agent entered is a code of the skill that placed the call", async () => {
    const codes = new Map<unknown, ReadonlySet<unknown>>();
    for (const { skillId, primaryDispositionId: code, agentId } of await api.rows("/contacts/completed", "completedContacts", {
      ...RANGE,
      top: 10_000,
    })) {
      if (Number(agentId) <= 0 || Number(code) <= 0) continue;
      if (!codes.has(skillId)) {
        const rows = await api.rows(`/skills/${String(skillId)}/dispositions`, "dispositions");
        codes.set(skillId, new Set(rows.map(({ dispositionId }) => Number(dispositionId))));
      }
      expect([...(codes.get(skillId) ?? [])]).toContain(Number(code));
    }
    expect(codes.size).toBeGreaterThan(0);
  });

  test("agents who are signed in are those of the skills' activity, each in one state", async () => {
    const activity = await api.rows("/skills/activity", "skillActivity");
    const states = await api.rows("/agents/states", "agentStates");
    const known = new Set((await api.rows("/agents", "agents")).map((one) => one["agentId"]));
    expect(new Set(states.map(({ agentId }) => agentId)).size).toBe(states.length);
    expect(states.filter(({ agentId }) => !known.has(agentId))).toEqual([]);
    const of = (id: unknown, ...names: string[]) =>
      states.filter((one) => one["skillId"] === id && names.includes(String(one["agentStateName"]))).length;
    for (const { skillId, agentsIdle, agentsWorking } of activity) {
      expect([of(skillId, "Dialer"), of(skillId, "OutboundContact")]).toEqual([agentsIdle, agentsWorking]);
    }
  });
});

describe("readers that ask again while calls go on", () => {
  const WORLD = {
    scenario: {
      clients: [KEY],
      campaigns: [{ id: "camp_a", contactListId: "list_a", status: "active" as const }],
      contactLists: [{ id: "list_a", generate: { count: 500, consented: 500 }, answerRate: 0.6, talk: 40, wrap: 10 }],
    },
    now: NOW,
    clock: "frozen" as const,
    seed: 8,
  };

  test("contacts and attempts since the time of the last answer: nothing twice, nothing lost", async () => {
    const moving = createSandbox(WORLD);
    const api = new AcdClient((url, init) => moving.fetch(url, init), ORIGIN, KEY, 33);
    await api.logIn();
    const FEEDS = [
      ["/contacts/completed", "completedContacts", "lastUpdateTime"],
      ["/lists/call-lists/501/attempts", "contactAttempts", "dateOfCall"],
    ] as const;
    const since = new Map<string, string>(FEEDS.map(([path]) => [path, NOW]));
    const seen = new Map<string, string[]>(FEEDS.map(([path]) => [path, []]));
    const idOf = (row: Row, at: string) => `${String(row["contactId"])} ${String(row[at])}`;
    for (let poll = 0; poll < 40; poll++) {
      await moving.control.advance(poll < 38 ? 23 : 600);
      for (const [path, name, changed] of FEEDS) {
        const { status, body } = await api.ask("GET", path, { query: { updatedSince: since.get(path) ?? NOW, top: 10_000 } });
        if (status === 204) continue;
        const answer = body as { readonly resultSet?: Record<string, unknown> } & Record<string, unknown>;
        const { lastPollTime, [name]: rows = [] } = answer.resultSet ?? answer;
        seen.get(path)?.push(...(rows as Row[]).map((row) => idOf(row, changed)));
        since.set(path, String(lastPollTime));
      }
    }
    for (const [path, name] of FEEDS) {
      const told = seen.get(path) ?? [];
      expect([path, told.filter((one, place) => told.indexOf(one) !== place)]).toEqual([path, []]);
      const whole = await api.rows(path, name, { updatedSince: NOW, top: 10_000 });
      const ids = (all: readonly string[]) => [...new Set(all)].sort();
      expect(ids(told.map((one) => one.split(" ")[0] ?? ""))).toEqual(ids(whole.map((row) => String(row["contactId"]))));
      expect(whole.length).toBeGreaterThan(100);
    }
    await moving.close();
  });
});

describe("what the published reference has beside", () => {
  test("calls of each skill over a range are those of the statistics; numbers that are called from", async () => {
    const api = await client(33);
    const calls = await api.rows("/skills/call-data", "skillCallData", RANGE);
    const dialer = await api.rows("/wfm-data/skills/dialer-contacts", "wfM_OB_StatsV9", RANGE);
    const sum = (name: string, of: unknown) =>
      dialer.filter(({ skillId }) => skillId === of).reduce((total, row) => total + Number(row[name]), 0);
    expect(
      calls.map(({ SkillId: id, AnsweredContacts: answered, AbandonedContacts: abandoned }) => [id, answered, abandoned]),
    ).toEqual(calls.map(({ SkillId: id }) => [id, sum("connects", id), sum("abandons", id)]));
    expect(calls.some(({ AnsweredContacts: answered }) => Number(answered) > 0)).toBe(true);
    expect(await api.rows("/dnis", "dnis")).toEqual([expect.objectContaining({ dnis: text })]);
  });

  test("a code is changed, with its history, and says on which skills it is; skills leave a campaign", async () => {
    const own = createSandbox({
      scenario: { clients: [KEY], campaigns: [{ id: "one" }, { id: "two" }] },
      now: NOW,
      clock: "frozen",
    });
    const api = new AcdClient((url, init) => own.fetch(url, init), ORIGIN, KEY, 33);
    await api.logIn();
    const [code] = await api.rows("/skills/4001/dispositions", "dispositions");
    const id = String(code?.["dispositionId"]);
    const on = await api.rows(`/dispositions/${id}/skills`, "skills");
    expect(on.map(({ skillId }) => Number(skillId))).toEqual([4001, 4002]);
    const changed = { dispositionName: "Renewed", classificationId: 2, isActive: true };
    expect((await api.ask("PUT", `/dispositions/${id}`, { body: changed })).status).toBe(200);
    expect((await api.rows("/dispositions", "dispositions")).find((one) => String(one["dispositionId"]) === id)).toMatchObject({
      dispositionName: "Renewed",
    });
    expect(await api.rows(`/dispositions/${id}/audit-history`, "auditHistoryRecords")).toContainEqual(
      expect.objectContaining({ newValue: "Renewed" }),
    );
    expect((await api.ask("PUT", "/dispositions/999999", { body: changed })).status).toBe(404);

    const { body: made } = await api.ask("POST", "/campaigns", { body: { name: "Second" } });
    const group = String((made as { id: number }).id);
    const members = async (of: string) =>
      (await api.rows(`/campaigns/${of}/skills`, "skills")).map(({ skillId }) => Number(skillId));
    await api.ask("POST", `/campaigns/${group}/skills`, { body: { skills: [4002] } });
    expect([await members(group), await members("101")]).toEqual([[4002], [4001]]);
    expect((await api.ask("DELETE", `/campaigns/${group}/skills`, { body: { skills: [4002] } })).status).toBe(200);
    expect([await members(group), await members("101")]).toEqual([[], [4001, 4002]]);
    await own.close();
  });
});

/** What public programs ask of real tenants, each with the list that it reads from the answer; an id in braces is one of the tenant's. */
const PROGRAMS: readonly (readonly [
  program: string,
  version: number,
  asked: readonly (readonly [path: string, under: string])[],
])[] = [
  [
    "a PowerShell module for administrators",
    23,
    [
      ["/agents?isActive=true&searchString=a", "agents"],
      ["/agents/{agent}", "agents"],
      ["/hours-of-operation", "resultSet.hoursOfOperationProfiles"],
      ["/points-of-contact?mediaTypeId=4", "pointsOfContact"],
      ["/phone-numbers?searchString=800", "phoneNumbers"],
    ],
  ],
  [
    "its older commands",
    20,
    [
      ["/agents/skills?searchString=a", "agentSkillAssignments"],
      ["/agents/{agent}/skills", "agentSkillAssignments"],
      ["/teams?isActive=true", "teams"],
      ["/teams/{team}", "teams"],
      ["/teams/{team}/agents", "teams.0.agents"],
      ["/address-books", "addressBooks"],
      ["/groups", "groups"],
      ["/dispositions", "dispositions"],
      ["/campaigns?isActive=true", "resultSet.campaigns"],
      ["/skills", "skills"],
    ],
  ],
  ["a script for one agent's skills", 16, [["/agents/{agent}/skills?isSkillActive=true", "agentSkillAssignments"]]],
  [
    "an assistant's tools",
    30,
    [
      ["/business-unit", "businessUnits"],
      ["/skills?top=1", "skills"],
      ["/agents?top=1", "agents"],
      ["/scripts/search", "scriptSearchDetails"],
      ["/teams?top=100&skip=0", "teams"],
    ],
  ],
  ["a roster of shifts", 27, [["/agents?isActive=true", "agents"]]],
  ["a recorder of agents' states", 27, [["/agents/states", "agentStates"]]],
  [
    "a wallboard",
    30,
    [
      ["/agents/states", "agentStates"],
      ["/skills/activity", "skillActivity"],
      ["/teams?fields=teamId,teamName", "teams"],
      ["/teams/{team}/performance-total?startDate={from}&endDate={to}", "teamPerformanceTotal"],
      ["/contacts/active", "resultSet.activeContacts"],
    ],
  ],
  [
    "a loader into a lake",
    30,
    [
      ["/agents?pageSize=500", "agents"],
      ["/agents/skills?pageSize=500", "agentSkillAssignments"],
      ["/groups/1/agents?pageSize=500", "agents"],
      ["/agents/performance?startDate={from}&endDate={to}", "agentPerformance"],
      ["/agents/state-history?startDate={from}&endDate={to}", "agentStateHistory"],
    ],
  ],
  ["an analyst's notebook", 27, [["/contacts/{contact}/statehistory", "contactStateHistory"]]],
  [
    "a fetcher of recordings",
    0,
    [["/media-playback/v1/contacts?acd-call-id={contact}&media-type=all&exclude-waveforms=true", "interactions"]],
  ],
];

test.each(PROGRAMS)("%s is served (v%i)", async (_, version, asked) => {
  const api = await client(version === 0 ? 33 : version);
  const [contact] = (await api.rows("/contacts/completed", "completedContacts", RANGE)).filter(
    ({ agentId }) => Number(agentId) > 0,
  );
  const known: Readonly<Record<string, string>> = {
    contact: String(contact?.["contactId"]),
    agent: String(contact?.["agentId"]),
    team: String(contact?.["teamId"]),
    from: RANGE.startDate,
    to: RANGE.endDate,
  };
  for (const [path, under] of asked) {
    const { status, body } = await api.ask(
      "GET",
      path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => known[name] ?? ""),
    );
    const found = under
      .split(".")
      .reduce<unknown>((at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined), body);
    expect([path, status, Array.isArray(found) && (found.length > 0 || under === "scriptSearchDetails")]).toEqual([
      path,
      200,
      true,
    ]);
  }
});

interface Asked {
  /** With its version, as programs write it. */
  readonly ask: `${"GET" | "POST" | "DELETE"} v${number} /${string}` | `${"GET" | "POST"} /${string}`;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** What the program reads of the answer. */
  readonly reads?: unknown;
}
const some = (row: Readonly<Record<string, unknown>>) => expect.arrayContaining([expect.objectContaining(row)]) as unknown;
const text: unknown = expect.any(String);
const number: unknown = expect.any(Number);

/** Further programs, each with its requests in its own order; what one of them makes has the name in `as` after it. */
const FURTHER: Readonly<Record<string, readonly (Asked & { readonly as?: string })[]>> = {
  "a deployer of scripts and their surroundings": [
    { ask: "GET v30 /business-unit", reads: { businessUnits: some({ businessUnitId: number }) } },
    { ask: "GET v30 /agents", reads: { agents: some({ firstName: text, lastName: text, agentId: number }) } },
    // Its table has the numbers as keys.
    { ask: "GET v30 /phone-numbers", reads: { phoneNumbers: expect.arrayContaining([text]) as unknown } },
    {
      ask: "GET v30 /points-of-contact",
      reads: {
        totalRecords: number,
        pointsOfContact: some({
          mediaTypeId: 4,
          contactAddress: text,
          contactCode: number,
          contactDescription: text,
          scriptName: text,
        }),
      },
    },
    {
      ask: "GET v30 /hours-of-operation?isDeleted=false",
      reads: { hoursOfOperation: some({ hoursOfOperationProfileName: text }) },
    },
    { ask: "GET v30 /skills?isActive=true", reads: { skills: some({ skillId: number }) } },
    { ask: "GET v30 /skills/{skill}" },
    { ask: "GET v30 /campaigns?isActive=true", reads: { resultSet: { campaigns: some({ campaignName: text }) } } },
    { ask: "GET v30 /scripts/search?fields=scriptName&skip=0", reads: { scriptSearchDetails: [] } },
    {
      ask: "POST v30 /campaigns",
      body: { campaigns: [{ campaignName: "Deployed", isActive: true }] },
      reads: { campaignResults: some({ campaignId: number }) },
    },
  ],
  "an explorer of some interfaces": [
    {
      ask: "GET v30 /contacts/completed?startDate=2026-01-14&endDate=2026-01-15&top=1000&orderBy=lastUpdateTime%20desc",
      reads: { completedContacts: some({ agentId: number }) },
    },
    { ask: "GET v30 /contacts/active?fields=contactId,agentId&skip=0&top=1000" },
    { ask: "GET /media-playback/v1/contacts?contactId={contact}", reads: { interactions: some({ mediaType: text }) } },
    {
      ask: "GET v28 /dispositions?skip=0&top=1000",
      reads: {
        dispositions: some({
          dispositionName: text,
          classificationId: number,
          isPreviewDisposition: expect.any(Boolean) as unknown,
        }),
      },
    },
    {
      ask: "GET v27 /contacts/{contact}/statehistory",
      reads: { contactStateHistory: some({ stateIndex: expect.anything() as unknown }) },
    },
    {
      ask: "GET v27 /agents/performance?startDate=2026-01-14&endDate=2026-01-15",
      reads: { agentPerformance: some({ agentId: expect.anything() as unknown }) },
    },
  ],
  "a gateway for another language of queries, with doubled slashes": [
    {
      ask: "GET /incontactapi//services/v21.0/agents?isActive=true&skip=0&top=5&orderby=agentId",
      reads: { agents: some({ userName: text, teamName: text }) },
    },
    {
      ask: "GET /incontactapi//services/v20.0/agents/{agent}/agent-settings",
      reads: { wfoWebsiteUrl: text, wfoWebServiceUrl: text, wfoApiUrl: text },
    },
    {
      ask: "GET /incontactapi//services/v19.0/skills/{skill}",
      reads: { skillId: expect.anything() as unknown, outboundStrategy: "Personal Connection" },
    },
    ...["general-settings", "schedule-settings", "retry-settings", "xs-settings", "delivery-preferences"].map(
      (group): Asked => ({ ask: `GET /incontactapi//services/v13.0/skills/{skill}/parameters/${group}` }),
    ),
  ],
  "a planner of callbacks": [
    { ask: "GET v13 /agents/states", reads: { agentStates: some({ agentStateName: text, firstName: text }) } },
    {
      ask: "POST v13 /scheduled-callbacks",
      body: {
        phoneNumber: "2125550111",
        skillId: "{skill}",
        scheduleDate: "2026-01-16T10:00:00Z",
        firstName: "00017",
        lastName: "Lee",
      },
      reads: { callbackId: expect.anything() as unknown },
      as: "callbackId",
    },
    {
      ask: "GET v13 /skills/{skill}/scheduled-callbacks",
      body: { skillId: "{skill}" },
      reads: { callbacks: some({ firstName: "00017", dialNumber: text, callbackTime: text }) },
    },
    // It reads the answer as JSON, and deletes again when there is none.
    { ask: "DELETE v13 /scheduled-callbacks/{callbackId}", body: { callbackId: "{callbackId}" }, reads: {} },
  ],
  "a nightly job about agents": [
    {
      ask: "GET v17 /contacts/completed?startDate={from}&endDate={to}&mediaTypeId=4",
      reads: { completedContacts: some({ agentId: text }) },
    },
    {
      ask: "GET v17 /agents/{agent}/state-history?startDate={from}&endDate={to}",
      reads: {
        agentStateHistory: some({
          stateIndex: text,
          agentSessionId: text,
          agentStateName: text,
          startDate: text,
          skillId: text,
          fromAddress: text,
          toAddress: text,
          outStateDescription: text,
          duration: text,
        }),
      },
    },
  ],
  "a check of what agents entered": [
    { ask: "GET v21 /agents", reads: { agents: some({ agentId: text }) } },
    { ask: "GET v21 /dispositions", reads: { dispositions: some({ dispositionName: text }) } },
    {
      ask: "GET v21 /contacts/completed?startDate={from}&endDate={to}&agentId={agent}",
      reads: { completedContacts: some({ contactId: text }) },
    },
    { ask: "GET v21 /contacts/{contact}" },
    { ask: "GET v21 /contacts/1", status: 404 },
  ],
  "a lake that loads summaries with microseconds and without a zone": [
    {
      ask: "GET v31 /skills/summary?startDate=2026-01-14T15:00:00.000000&endDate=2026-01-14T16:30:00.123456",
      reads: { skillSummaries: some({ skillName: text, dials: number }) },
    },
  ],
  "a page of a tenant's owner": [
    { ask: "GET v31 /lists/call-lists", reads: { callingLists: some({ listId: number, status: text }) } },
    {
      ask: "GET v31 /contacts/completed?startDate=01%2F14%2F2026%2015%3A00&endDate=01%2F14%2F2026%2017%3A00&top=10000&skip=0",
      reads: { completedContacts: some({ contactId: number }) },
    },
    { ask: "GET v31 /contacts/active?fields=skillName%2C%20stateName", reads: { totalRecords: number } },
    {
      ask: "GET /media-playback/v1/contacts?acd-call-id={contact}&media-type=all&exclude-waveforms=true&isDownload=false",
      reads: { interactions: some({ data: expect.objectContaining({ fileToPlayUrl: text }) as unknown }) },
    },
    {
      ask: "POST v31 /report-jobs/2001?fileType=CSV&includeHeaders=true&appendDate=true&overwrite=true",
      body: { additionalParam: "value" },
      status: 202,
      reads: { jobId: expect.anything() as unknown },
      as: "jobId",
    },
    {
      ask: "GET v31 /report-jobs/{jobId}",
      reads: { jobResult: { jobId: expect.anything() as unknown, state: text, fileName: text, resultFileURL: text } },
    },
  ],
  "a report every Monday, its body none and of the type of a form": [
    { ask: "GET v13 /reports", reads: { reports: some({ reportName: text }) } },
    {
      ask: "POST v13 /report-jobs/2001?fileType=Excel&includeHeaders=true&appendDate=false&deleteAfter=7&overwrite=true&startDate=2026-01-14T00%3A00%3A00&endDate=2026-01-14T23%3A59%3A59",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      status: 202,
      reads: { jobId: expect.anything() as unknown },
      as: "jobId",
    },
    { ask: "GET v13 /report-jobs/{jobId}", headers: { "content-type": "application/x-www-form-urlencoded" } },
  ],
  "a sheet that sets tenants up": [
    {
      ask: "GET v19 /unavailable-codes",
      reads: { unavailableCodes: some({ outStateName: text, outStateId: text, isAcw: text, agentTimeoutMins: text }) },
    },
    { ask: "GET v24 /hours-of-operation" },
    {
      ask: "GET v24 /teams?fields=teamId,teamName&searchString=North",
      reads: { teams: [{ teamId: expect.anything() as unknown, teamName: "North" }] },
    },
    {
      ask: "POST v24 /campaigns",
      body: { campaigns: [{ campaignName: "From a sheet", isActive: true }] },
      reads: { campaignResults: some({ success: expect.anything() as unknown }) },
    },
  ],
  "a service that asks who calls it": [
    { ask: "GET v31 /agents/{agent}", reads: { agents: some({ userName: text }) } },
    { ask: "GET v31 /teams", reads: { teams: some({ teamName: text }) } },
    { ask: "GET v25 /agents", reads: { agents: some({ emailAddress: text }) } },
    { ask: "GET v25 /business-unit", reads: { businessUnits: some({ tenantId: text }) } },
  ],
  "a board of figures by groups of skills": [
    {
      ask: "POST /real-time-data/v1/skills/activities/search",
      body: { filters: { skillIds: ["{skill}"] }, timeRange: { type: "CURRENT" } },
      headers: { "x-Correlation-ID": "b1" },
      // The reply is the list itself.
      reads: {
        0: {
          skillId: number,
          skillName: text,
          serviceLevel: number,
          serviceLevelGoal: number,
          queueCount: number,
          agentsLoggedIn: number,
          agentsAvailable: number,
          agentsWorking: number,
          agentsUnavailable: number,
          mediaTypeId: 4,
          mediaTypeName: text,
        },
      },
    },
  ],
  "a caller back": [
    { ask: "POST v31 /queuecallback?phoneNumber=%2B12125550111&callerId=%2B12125550111&skill={skill}&sequence=CB", status: 202 },
  ],
};

test.each(Object.entries(FURTHER))("%s is served", async (_, asked) => {
  const api = await client(33);
  const [contact] = (await api.rows("/contacts/completed", "completedContacts", RANGE)).filter(
    ({ agentId }) => Number(agentId) > 0,
  );
  const known: Record<string, string> = {
    contact: String(contact?.["contactId"]),
    agent: String(contact?.["agentId"]),
    skill: String(contact?.["skillId"]),
    from: RANGE.startDate,
    to: RANGE.endDate,
  };
  const filled = (written: string) => written.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  for (const { ask, body, headers, status = 200, reads, as } of asked) {
    const [method = "", first = "", second] = ask.split(" ");
    const path = second === undefined ? first : `/incontactapi/services/${first}.0${second}`;
    const answer = await api.ask(method, filled(path), {
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && method !== "GET" && { body: JSON.parse(filled(JSON.stringify(body))) as unknown }),
    });
    expect([ask, answer.status]).toEqual([ask, status]);
    if (reads !== undefined) expect({ ask, ...(answer.body as object) }).toMatchObject({ ask, ...(reads as object) });
    if (as !== undefined) known[as] = String((answer.body as Readonly<Record<string, unknown>>)[as]);
  }
});

test("docs/sandbox.md lists each of these programs", async () => {
  const document = await readFile(new URL("../../../docs/sandbox.md", import.meta.url), "utf8");
  const listed = new Set([...document.matchAll(/^\| (an? .+?|its .+?) \| /gm)].map(([, program]) => program));
  const replayed = [...PROGRAMS.map(([program]) => program), ...Object.keys(FURTHER)];
  expect(replayed.filter((program) => !listed.has(program))).toEqual([]);
});

test("an uploader of recordings: the extraction of recorded segments, and the recording of each", async () => {
  const api = await client(33);
  const body = { entityName: "recording-interaction-metadata", version: "10", startDate: "2026-01-14", endDate: "2026-01-14" };
  const range = { startDate: NOW, endDate: at(9 * QUARTER) };
  const handled = (await api.rows("/contacts/completed", "completedContacts", range)).filter(
    ({ agentId }) => Number(agentId) > 0,
  );
  const started = await api.ask("POST", "/data-extraction/v1/jobs", { body });
  expect(started).toMatchObject({ status: 202, body: expect.any(String) as unknown });
  await sandbox.control.advance(20);
  const { body: state } = await api.ask("GET", `/data-extraction/v1/jobs/${String(started.body)}`);
  const { jobStatus } = state as { jobStatus: { status: string; result: { url: string } } };
  expect(jobStatus.status).toBe("SUCCEEDED");
  const [head = "", ...lines] = (await (await sandbox.fetch(jobStatus.result.url)).text()).trimEnd().split("\r\n");
  const columns = head.split(",");
  const place = (name: string) => {
    const found = columns.findIndex((column) => column.startsWith(name));
    expect([name, found >= 0]).toEqual([name, true]);
    return found;
  };
  const names = ["Start Date", "Agent 1 Skills", "Agent 1 ACD ID", "Agent 1 Name", "Agent 1 Team", "ANI", "DNIS", "Disposition"];
  for (const name of names) place(name);
  // As many as agents have handled.
  expect(lines).toHaveLength(handled.length);
  const first = lines[0]?.split(",") ?? [];
  expect(first[place("Voice Recording Status")]).toBe("Success");
  const options = "media-type=voice-only&exclude-waveforms=true&exclude-qm-categories=true";
  const whole = `/media-playback/v1/contacts?acd-call-id=${first[place("ACD Call ID")] ?? ""}&${options}&isDownload=true`;
  expect(await api.ask("GET", whole)).toMatchObject({ status: 200, body: { redirectUrl: expect.any(String) as unknown } });
  const segment = `/media-playback/v1/segments/${first[place("Segment ID")] ?? ""}?${options}`;
  expect((await api.ask("GET", segment)).body).toMatchObject({
    interactions: [{ data: { fileToPlayUrl: expect.any(String) as unknown } }],
  });
  expect(first[place("Agent 1 Contact Number")]).toMatch(/^\d+$/);
});

describe("small things that stop a program", () => {
  const send = (path: string, init?: RequestInit) => sandbox.fetch(`${ORIGIN}${path}`, init);
  async function bearer(): Promise<Record<string, string>> {
    const body = JSON.stringify({ accessKeyId: KEY.id, accessKeySecret: KEY.secret });
    const reply = await send("/authentication/v1/token/access-key", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(reply.headers.get("content-type")).toBe("application/json");
    const { access_token } = (await reply.json()) as { access_token: string };
    return { authorization: `Bearer ${access_token}`, accept: "application/json" };
  }

  test("the type of data is exactly application/json, also after a doubled slash", async () => {
    const headers = await bearer();
    for (const path of ["/incontactApi//services/v30.0/business-unit", "//InContactAPI/services//v30.0/business-unit"]) {
      const reply = await send(path, { headers });
      expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/json"]);
      const { businessUnits } = (await reply.json()) as { businessUnits: { tenantId: string }[] };
      // A client goes to discovery with it.
      const found = await send(`/.well-known/cxone-configuration?tenantId=${businessUnits[0]?.tenantId ?? ""}`);
      expect(found.status).toBe(200);
    }
  });

  test("the old address of tokens", async () => {
    const basic = Buffer.from(`${KEY.id}:${KEY.secret}`).toString("base64");
    const body = JSON.stringify({ grant_type: "password", username: KEY.id, password: KEY.secret, scope: "" });
    const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
    const reply = await send("/InContactAuthorizationServer/Token", { method: "POST", body, headers });
    expect(await reply.json()).toMatchObject({
      access_token: expect.any(String),
      resource_server_base_uri: expect.stringContaining(ORIGIN),
    });
  });

  test("a contact of v28 is nested, and its states are under the old name", async () => {
    const api = await client(28);
    const [row] = await api.rows("/contacts/completed", "completedContacts", RANGE);
    const id = String(row?.["contactId"]);
    expect((await api.ask("GET", `/contacts/${id}`)).body).toMatchObject({ contactId: { contactStart: expect.any(String) } });
    expect((await api.ask("GET", `/contacts/${id}/statehistory`)).status).toBe(200);
  });

  test("the campaign of an active contact is a number among texts", async () => {
    const [row] = await (await client(20)).rows("/contacts/active", "activeContacts");
    expect([typeof row?.["campaignId"], typeof row?.["skillId"]]).toEqual(["number", "string"]);
  });

  test("a download without a name comes inline; a saved one is named with its folder", async () => {
    const query = { startDate: NOW, endDate: at(8 * QUARTER) };
    const inline = await (await client(17)).ask("POST", "/report-jobs/datadownload/1081", { query });
    const { file } = (inline.body as { resultSet?: { file: string }; file: string }) ?? {};
    expect(Buffer.from(file, "base64").toString()).toMatch(/^OutboundDetailRecordId,/);
    const saved = await (await client(34)).ask("POST", "/report-jobs/datadownload/1081", {
      query: { ...query, fileName: "b.csv", saveAsFile: true },
    });
    expect(saved.body).toMatchObject({
      fileName: "Reports\\b.csv",
      file: "",
      URI: expect.stringMatching(/fileName=Reports%5Cb\.csv$/),
    });
  });

  test("a running contact that is ended has ended, and no other", async () => {
    const api = await client(23);
    const before = await api.rows("/contacts/active", "activeContacts");
    const id = String(before[0]?.["contactId"]);
    expect((await api.ask("POST", `/contacts/${id}/end`)).status).toBe(202);
    await sandbox.control.advance(0.01);
    const after = (await api.rows("/contacts/active", "activeContacts")).map((row) => String(row["contactId"]));
    const left = before.map((row) => String(row["contactId"])).filter((one) => one !== id);
    expect(left.filter((one) => !after.includes(one))).toEqual([]);
    expect(after).not.toContain(id);
  });
});
