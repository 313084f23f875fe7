// Checks text or plain data as a scenario: first by the schema, then references and duplicates.

import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { OUTCOME_CODES } from "../../contract/index.ts";
import {
  type Instant,
  nearest,
  OutdialError,
  type Problem,
  parseDuration,
  parseInstant,
  problemsOf,
  yamlValue,
} from "../../kernel/index.ts";
import { ALL_SCOPES, type ParsedScenario, scenarioSchema } from "./schema.ts";

// The default world: the demo's world, and the defaults of a scenario.

/** The client of a scenario that names none. Its secret only protects a sandbox on this machine. */
function defaultClient() {
  return { id: "sandbox-client", secret: "sandbox-secret", scopes: [...ALL_SCOPES] };
}

/** Codes 1xx are primary, 2xx secondary (contract §2.2). */
function defaultDispositions() {
  return [
    { code: "101", description: "Issue Resolved", active: true },
    { code: "102", description: "Issue Escalated", active: true },
    { code: "103", description: "Callback Scheduled", active: true },
    { code: "111", description: "Issue Resolved on First Contact", parent: "101", active: true },
    { code: "201", description: "Customer Satisfied", active: true },
    { code: "202", description: "Customer Dissatisfied", active: true },
    { code: "203", description: "Survey Declined", active: true },
    { code: "199", description: "Retired Code", active: false },
  ];
}

function defaultDialerSettings() {
  return {
    name: "Predictive_Outbound_01",
    type: "predictive" as const,
    concurrency: { max_agents: 50, max_simultaneous_calls: 200, call_spacing_ms: 150 },
    algorithm: {
      type: "predictive" as const,
      abandonment_rate_target: 0.03,
      agent_availability_estimate: 0.85,
      dial_ratio: 4,
      warm_line_timeout_sec: 12,
    },
  };
}

const CODES = ["Sale", "Callback", "Not interested", "Wrong party", "Voicemail"];

/** Five codes DISP_001 to DISP_005, two reasons each: REASON_001 and REASON_002 belong to DISP_001, and so on. */
function demoCodes() {
  const number = (n: number) => String(n).padStart(3, "0");
  return CODES.map((name, i) => ({
    id: `DISP_${number(i + 1)}`,
    name,
    reasonCodes: [
      { id: `REASON_${number(2 * i + 1)}`, name: `${name}: first contact` },
      { id: `REASON_${number(2 * i + 2)}`, name: `${name}: follow-up` },
    ],
  }));
}

const dialerConfig = (callRate: number) => ({
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 50, callRate, abandonmentThreshold: 0.03 },
});
const complianceConfig = {
  timeZone: "America/New_York",
  // Legal wherever a person of the generated list lives.
  dialingRules: {
    startTime: "10:00:00",
    endTime: "20:00:00",
    allowedDays: ["Monday" as const, "Tuesday" as const, "Wednesday" as const, "Thursday" as const, "Friday" as const],
  },
  rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 5000 },
};
const failoverConfig = {
  enabled: true,
  thresholdType: "success_rate" as const,
  thresholdValue: 0.15,
  evaluationWindowMinutes: 30,
};

/**
 * The demo's world in the form of a scenario file: calls `call_000001` to `call_005000` of campaign camp_primary_001 (every 100th
 * locked), a paused campaign camp_backup_001, contact list list_12345, one closed interaction.
 */
export function defaultScenarioInput() {
  return {
    campaigns: [
      {
        id: "camp_primary_001",
        name: "Spring renewals",
        status: "active" as const,
        contactListId: "list_12345",
        queueId: "default_outbound_queue",
        dispositionCodes: demoCodes(),
        dialerConfig: dialerConfig(12),
        complianceConfig,
        failoverConfig,
      },
      {
        id: "camp_backup_001",
        name: "Spring renewals, backup",
        status: "paused" as const,
        contactListId: "list_12345",
        queueId: "default_outbound_queue",
        dispositionCodes: demoCodes(),
        dialerConfig: dialerConfig(6),
        complianceConfig,
        failoverConfig: { ...failoverConfig, enabled: false },
      },
    ],
    contactLists: [
      { id: "list_12345", generate: { count: 10_000, consentRate: 0.8, zones: { "America/New_York": 3, "America/Chicago": 2 } } },
    ],
    generateCalls: [{ campaignId: "camp_primary_001", count: 5000, days: 7, prefix: "call_", digits: 6, lockedEvery: 100 }],
    interactions: [
      {
        id: "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
        dispositions: [
          {
            code: "102",
            description: "Issue Escalated",
            agent_id: "agent_abc_001",
            timestamp: "2024-05-01T09:00:00Z",
            source: "agent",
          },
        ],
      },
    ],
    dialer: { history: { metricHours: 48, auditEntries: 120 } },
  };
}

/** A checked scenario with the defaults filled in. Checking it again gives the same. */
export type Scenario = Omit<ParsedScenario, "clients" | "dispositions" | "dialer"> & {
  clients: NonNullable<ParsedScenario["clients"]>;
  dispositions: NonNullable<ParsedScenario["dispositions"]>;
  dialer: ParsedScenario["dialer"] & { settings: NonNullable<ParsedScenario["dialer"]["settings"]> };
};
export type ScenarioCampaign = Scenario["campaigns"][number];
export type ScenarioContactList = Scenario["contactLists"][number];
export type ScenarioGeneratedCalls = Scenario["generateCalls"][number];
export type ScenarioInteraction = Scenario["interactions"][number];
export type ScenarioLimits = Scenario["limits"];
export type ScenarioActivation = Scenario["activation"];
export type ScenarioTimelineEntry = Scenario["timeline"][number];
export type ScenarioClient = Scenario["clients"][number];

type ScenarioErrorCode = "scenario_unreadable" | "scenario_invalid";

/** A scenario that cannot be used; `problems` has everything that is wrong, not only the first problem. */
export class ScenarioError extends OutdialError<ScenarioErrorCode> {
  readonly problems: readonly Problem[];

  constructor(code: ScenarioErrorCode, where: string, problems: readonly Problem[], cause?: unknown) {
    const lines = problems.slice(0, 20).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more`);
    super(code, lines.length === 1 ? `${where}: ${lines[0]}` : `${where}:\n  ${lines.join("\n  ")}`, {
      advice: "The form of a scenario is described by schemas/scenario.schema.json.",
      details: { problems },
      ...(cause === undefined ? {} : { cause }),
    });
    this.problems = problems;
  }
}

/**
 * Parses a scenario file: YAML or JSON.
 * @param fileName named in errors, with the line of a syntax error
 */
export function parseScenario(text: string, fileName: string): Scenario {
  return check(readText(text, fileName), fileName);
}

/** Checks plain data as a scenario. Throws ScenarioError `scenario_invalid` naming each wrong field. */
export function checkScenario(value: unknown): Scenario {
  return check(value, "scenario");
}

/** JSON Schema (2020-12) of a scenario file, for editors. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: "input", unrepresentable: "any" });
}

/** The instant of a scenario's time: absolute, or relative to the sandbox's start. */
export function scenarioInstant(text: string, start: Instant): Instant {
  return parseInstant(text) ?? start - (parseDuration(text.replace(/^-/, "")) ?? 0);
}

function readText(text: string, fileName: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ScenarioError("scenario_unreadable", `${fileName}:${line}:${col}`, [{ path: "", message: broken.message }], broken);
  }
  const unreadable = (message: string) => new ScenarioError("scenario_unreadable", fileName, [{ path: "", message }]);
  return yamlValue(document, unreadable) ?? {};
}

function check(value: unknown, where: string): Scenario {
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) {
    throw new ScenarioError("scenario_invalid", where, problemsOf(scenarioSchema, value, parsed.error));
  }
  const { clients, dispositions, dialer, ...rest } = parsed.data;
  const scenario: Scenario = {
    ...rest,
    clients: clients ?? [defaultClient()],
    dispositions: dispositions ?? defaultDispositions(),
    dialer: { ...dialer, settings: dialer.settings ?? defaultDialerSettings() },
  };
  const problems = [...duplicates(scenario), ...danglingReferences(scenario), ...oddities(scenario)];
  if (problems.length > 0) throw new ScenarioError("scenario_invalid", where, problems);
  return scenario;
}

function duplicates(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const unique = (path: string, field: string, ids: readonly string[]): void => {
    const first = new Map<string, number>();
    ids.forEach((id, index) => {
      const before = first.get(id);
      if (before === undefined) first.set(id, index);
      else problems.push({ path: `${path}[${index}].${field}`, message: `"${id}" is taken by ${path}[${before}]` });
    });
  };
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  for (const name of ["clients", "campaigns", "contactLists", "calls", "interactions"] as const)
    unique(name, "id", ids(scenario[name]));
  unique(
    "dispositions",
    "code",
    scenario.dispositions.map(({ code }) => code),
  );
  unique(
    "generateCalls",
    "prefix",
    scenario.generateCalls.map(({ prefix, campaignId }) => prefix ?? `${campaignId}-c`),
  );
  scenario.campaigns.forEach((campaign, c) => {
    unique(`campaigns[${c}].dispositionCodes`, "id", ids(campaign.dispositionCodes));
    campaign.dispositionCodes.forEach((code, d) =>
      unique(`campaigns[${c}].dispositionCodes[${d}].reasonCodes`, "id", ids(code.reasonCodes)),
    );
  });
  scenario.contactLists.forEach((list, l) => unique(`contactLists[${l}].contacts`, "id", ids(list.contacts)));
  return problems;
}

function danglingReferences(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const campaigns = new Set(scenario.campaigns.map(({ id }) => id));
  const lists = new Set(scenario.contactLists.map(({ id }) => id));
  const tree = new Set(scenario.dispositions.map(({ code }) => code));
  const outcomes = new Set<string>([
    ...OUTCOME_CODES,
    ...scenario.campaigns.flatMap((campaign) => campaign.dispositionCodes.map(({ id }) => id)),
  ]);
  const known = (path: string, what: string, word: string | undefined, words: ReadonlySet<string>): void => {
    if (word === undefined || words.has(word)) return;
    const meant = nearest(word, words);
    const hint = meant !== undefined ? `did you mean ${meant}?` : `known: ${[...words].slice(0, 12).join(", ") || "none"}`;
    problems.push({ path, message: `no ${what} "${word}"; ${hint}` });
  };
  const mix = (path: string, weights: Readonly<Record<string, number>> | undefined): void => {
    for (const code of Object.keys(weights ?? {})) known(`${path}.${code}`, "outcome or disposition code", code, outcomes);
  };
  scenario.campaigns.forEach(({ contactListId }, i) =>
    known(`campaigns[${i}].contactListId`, "contact list", contactListId, lists),
  );
  scenario.contactLists.forEach((list, i) => mix(`contactLists[${i}].mix`, list.mix));
  scenario.calls.forEach((call, i) => {
    known(`calls[${i}].campaignId`, "campaign", call.campaignId, campaigns);
    known(`calls[${i}].dispositionCode`, "outcome or disposition code", call.dispositionCode, outcomes);
  });
  scenario.generateCalls.forEach((entry, i) => {
    known(`generateCalls[${i}].campaignId`, "campaign", entry.campaignId, campaigns);
    mix(`generateCalls[${i}].mix`, entry.mix);
  });
  scenario.interactions.forEach((interaction, i) => {
    interaction.dispositions.forEach(({ code }, d) =>
      known(`interactions[${i}].dispositions[${d}].code`, "disposition", code, tree),
    );
  });
  scenario.dispositions.forEach(({ parent }, i) => known(`dispositions[${i}].parent`, "disposition", parent, tree));
  scenario.timeline.forEach(({ set }, i) => {
    for (const id of Object.keys(set.contactLists ?? {}))
      known(`timeline[${i}].set.contactLists.${id}`, "contact list", id, lists);
    for (const id of Object.keys(set.campaigns ?? {})) known(`timeline[${i}].set.campaigns.${id}`, "campaign", id, campaigns);
    for (const [id, list] of Object.entries(set.contactLists ?? {})) mix(`timeline[${i}].set.contactLists.${id}.mix`, list.mix);
  });
  return problems;
}

function oddities(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  if (scenario.clients.length === 0)
    problems.push({ path: "clients", message: "at least one client; leave the field out for the default one" });
  scenario.generateCalls.forEach((entry, i) => {
    if (String(entry.count).length > entry.digits) {
      problems.push({
        path: `generateCalls[${i}].digits`,
        message: `${entry.digits} digits are too few for ${entry.count} calls`,
      });
    }
  });
  return problems;
}
