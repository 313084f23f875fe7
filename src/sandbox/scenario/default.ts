// The default world: the demo's world, and the defaults of a scenario.

import { ALL_SCOPES } from "./schema.ts";

/** The client of a scenario that names none. Its secret only protects a sandbox on this machine. */
export function defaultClient() {
  return { id: "sandbox-client", secret: "sandbox-secret", scopes: [...ALL_SCOPES] };
}

/** Codes 1xx are primary, 2xx secondary (contract §2.2). */
export function defaultDispositions() {
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

export function defaultDialerSettings() {
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
