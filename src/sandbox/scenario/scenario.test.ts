// Scenario files: what they may say, how errors name what is wrong, and the default world.

import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../kernel/index.ts";
import { activationFailure } from "../state/dialer-desk.ts";
import {
  ALL_SCOPES,
  checkScenario,
  defaultScenario,
  parseScenario,
  ScenarioError,
  scenarioInstant,
  scenarioJsonSchema,
} from "./index.ts";

const FULL = `
seed: demo-7
organization: myorg
tokenLifetimeSeconds: 600
legacyMetrics: true
clients:
  - { id: c1, secret: s1, scopes: ["dialer:read"] }
campaigns:
  - id: camp
    name: Camp
    status: active
    contactListId: list
    dispositionCodes: [{ id: D1, name: Sale, reasonCodes: [{ id: R1, name: First }] }]
    dialerConfig: { type: predictive, predictiveSettings: { answerRatio: 0.8, maxCallsInFlight: 10, callRate: 12, abandonmentThreshold: 0.03 } }
    metrics: { successRate: 0.3, activeCalls: 4 }
contactLists:
  - id: list
    contacts: [{ id: p1, phoneNumber: "+12125550100", consentFlags: { outbound: { call: true } }, attributes: { vip: true } }]
    generate: { count: 1000, consented: 400, zones: [America/Chicago], withoutZoneRate: 0.1 }
    answerRate: 0.5
calls:
  - { id: k1, campaignId: camp, dispositionCode: CONVERTED, startTime: "-2h30m", endTime: "2026-01-01T00:00:00Z", locked: true }
generateCalls:
  - { campaignId: camp, count: 50, days: 3, mix: { CONVERTED: 1, D1: 2 } }
interactions:
  - { id: i1, organization: other, dispositions: [{ code: "101", description: x, agent_id: a, timestamp: "2026-01-01T00:00:00Z" }] }
dispositions:
  - { code: "101", description: Done }
  - { code: "111", parent: "101", active: false }
dialer:
  history: { metricHours: 24, auditEntries: 7 }
limits:
  outbound-write: { perSecond: 1000 }
  campaigns: "off"
  dialer-write: null
activation: { seconds: 8, failWhen: { field: algorithm.dial_ratio, above: 5, error: too steep } }
timeline:
  - at: 10m
    set:
      contactLists: { list: { answerRate: 0.05 } }
      campaigns: { camp: { status: paused } }
      limits: { other: { perMinute: 30 } }
      faults: [{ match: { operation: getCall }, effect: { status: 503 } }]
`;

/** The problems of a text that must not pass, as path and message. */
function problems(text: string): { path: string; message: string }[] {
  try {
    parseScenario(text, "s.yaml");
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return [...thrown.problems];
    throw thrown;
  }
  throw new Error("the scenario passed");
}

describe("a scenario", () => {
  it("may say everything the contract names", () => {
    const scenario = parseScenario(FULL, "full.yaml");
    expect(scenario.timeline[0]).toMatchObject({ at: 600, set: { contactLists: { list: { answerRate: 0.05 } } } });
    expect(scenario.limits).toEqual({ "outbound-write": { perSecond: 1000 }, campaigns: "off", "dialer-write": null });
    expect(scenario.interactions[0]?.dispositions[0]?.source).toBe("agent");
    expect(scenario.generateCalls[0]).toMatchObject({ count: 50, digits: 7 });
    expect(scenario.dialer.settings.algorithm.dial_ratio).toBe(4);
  });

  it("of the examples is one", async () => {
    const path = "examples/scenario.yaml";
    expect(parseScenario(await readFile(path, "utf8"), path).campaigns.map(({ id }) => id)).toEqual(["camp_1"]);
  });

  it("may say nothing, in YAML and JSON", () => {
    for (const text of ["", "{}", "# only a comment\n"]) {
      const scenario = parseScenario(text, "empty.yaml");
      expect(scenario.campaigns).toEqual([]);
      expect(scenario.clients).toMatchObject([{ scopes: ALL_SCOPES }]);
      expect(scenario.dispositions.map(({ code }) => code)).toContain("101");
    }
  });

  it("comes out of a second check as it went in", () => {
    for (const scenario of [parseScenario(FULL, "full.yaml"), defaultScenario(), checkScenario({})]) {
      expect(canonicalJson(checkScenario(structuredClone(scenario)))).toBe(canonicalJson(scenario));
    }
  });

  it("reads times as absolute or before the start", () => {
    const start = Date.UTC(2026, 5, 1);
    expect(scenarioInstant("2026-01-01T01:00:00+01:00", start)).toBe(Date.UTC(2026, 0, 1));
    expect(scenarioInstant("-1d2h", start)).toBe(start - 26 * 3_600_000);
  });
});

describe("a wrong scenario", () => {
  const cases: [string, string, string, RegExp][] = [
    ["a misspelt field", "campaigns: [{id: a, statsu: paused}]", "campaigns[0].statsu", /did you mean status\?/],
    ["an unknown field", "wibble: 1", "wibble", /unknown field; allowed: .*campaigns/],
    ["a field inside a union", "limits: {campaigns: {perSecnd: 3}}", "limits.campaigns.perSecnd", /did you mean perSecond\?/],
    [
      "a word off the list",
      "campaigns: [{id: a, status: activ}]",
      "campaigns[0].status",
      /not one of active, paused; did you mean active\?/,
    ],
    ["a wrong type", "clients: [{id: x, secret: 4}]", "clients[0].secret", /text/],
    ["a wrong union", "limits: 5", "limits", /off or an object/],
    ["a bad span", "timeline: [{at: soon, set: {}}]", "timeline[0].at", /10m/],
    [
      "a bad zone",
      "contactLists: [{id: l, generate: {count: 1, zones: [Mars/Olympus]}}]",
      "contactLists[0].generate.zones[0]",
      /IANA/,
    ],
    [
      "two ways to say consent",
      "contactLists: [{id: l, generate: {count: 9, consented: 1, consentRate: 1}}]",
      "contactLists[0].generate",
      /not both/,
    ],
    [
      "an empty fault",
      "timeline: [{at: 1s, set: {faults: [{effect: {}}]}}]",
      "timeline[0].set.faults[0].effect",
      /at least one effect/,
    ],
    [
      "an unknown campaign",
      "campaigns: [{id: camp}]\ncalls: [{id: k, campaignId: cmap}]",
      "calls[0].campaignId",
      /did you mean camp\?/,
    ],
    ["an unknown list", "campaigns: [{id: a, contactListId: l}]", "campaigns[0].contactListId", /known: none/],
    [
      "an unknown code",
      "campaigns: [{id: a}]\ngenerateCalls: [{campaignId: a, count: 1, mix: {CONVERTD: 1}}]",
      "generateCalls[0].mix.CONVERTD",
      /did you mean CONVERTED\?/,
    ],
    ["a taken id", "campaigns: [{id: a}, {id: a}]", "campaigns[1].id", /taken by campaigns\[0\]/],
    [
      "too few digits",
      "campaigns: [{id: a}]\ngenerateCalls: [{campaignId: a, count: 100, digits: 2}]",
      "generateCalls[0].digits",
      /too few/,
    ],
  ];
  it.each(cases)("names %s", (_, text, path, message) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path, message: expect.stringMatching(message) });
  });

  it("names all that is wrong at once, and the file", () => {
    expect(problems("campaigns: [{id: 1}, {id: b, status: x}]\nactivation: {seconds: -1}")).toHaveLength(3);
    expect(() => parseScenario("a: [", "dir/my.yaml")).toThrow(/^dir\/my\.yaml:1:\d+: /);
    expect(() => parseScenario("wibble: 1", "dir/my.yaml")).toThrow(/^dir\/my\.yaml: wibble: /);
  });

  it("never repeats a secret", () => {
    const text = JSON.stringify(
      problems("clients: [{id: x, secret: {marker-31337: marker-31337}}]").map(({ message }) => message),
    );
    expect(text).not.toContain("marker-31337");
  });
});

describe("an activation", () => {
  const { activation } = checkScenario({
    activation: {
      failWhen: [
        { field: "algorithm.dial_ratio", above: 3 },
        { field: "name", equals: "Doomed", error: "as asked" },
      ],
    },
  });
  it("fails by the rules alone", () => {
    expect(activationFailure(activation, { name: "x", algorithm: { dial_ratio: 3 } })).toBeUndefined();
    expect(activationFailure(activation, { name: "x", algorithm: { dial_ratio: 3.1 } })).toMatch(/dial_ratio is 3\.1/);
    expect(activationFailure(activation, { name: "Doomed" })).toBe("as asked");
    expect(activationFailure(checkScenario({}).activation, { name: "Doomed" })).toBeUndefined();
  });
});

describe("the default scenario", () => {
  it("has the demo's campaigns, codes, list, interaction and tree", () => {
    const scenario = defaultScenario();
    const [primary, backup] = scenario.campaigns;
    expect([primary?.id, primary?.status, backup?.id, backup?.status]).toEqual([
      "camp_primary_001",
      "active",
      "camp_backup_001",
      "paused",
    ]);
    expect(primary?.dispositionCodes.map(({ id }) => id)).toEqual(["DISP_001", "DISP_002", "DISP_003", "DISP_004", "DISP_005"]);
    const reasons = primary?.dispositionCodes.flatMap(({ reasonCodes }) => reasonCodes.map(({ id }) => id)) ?? [];
    expect(new Set(reasons).size).toBe(10);
    expect(scenario.interactions[0]?.id).toBe("a1b2c3d4-e5f6-7890-abcd-ef1234567890");
    expect(scenario.dispositions.map(({ code }) => code)).toEqual(expect.arrayContaining(["101", "201"]));
  });
});

it("publishes a JSON Schema that names every field of the file", () => {
  const schema = JSON.stringify(scenarioJsonSchema());
  for (const field of [
    "generateCalls",
    "consentRate",
    "failWhen",
    "timeline",
    "acceptThenFail",
    "metricHours",
    "outbound-write",
  ]) {
    expect(schema).toContain(`"${field}"`);
  }
});
