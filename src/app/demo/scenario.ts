// The demo's tenant: two campaigns of one team, a month behind them, and a list that turns bad in front of the reader.
//
//   the hour before          simulated as fast as possible, so that the plots begin with a history
//   the start                from here on the time is the machine's: clocks, windows and sessions on the pages are real
//   seconds after it         people on the first campaign's list stop answering; the watch detects that and hands over

import type { Profile } from "../../tenant/index.ts";
import { type DemoCall, type DemoContact, historyOf, peopleOf } from "./people.ts";
import type { Place } from "./places.ts";

export const PRIMARY = "camp_renewals_spring";
export const BACKUP = "camp_renewals_backup";
/** The list that turns bad, and how rarely people answer then. */
export const PRIMARY_LIST = "list_spring";
export const FALLEN = 0.04;
const BACKUP_LIST = "list_backup";
const PRIMARY_PEOPLE = 8000;
const BACKUP_PEOPLE = 2500;
/** People on both lists. */
export const PEOPLE = PRIMARY_PEOPLE + BACKUP_PEOPLE;
const DAYS = 30;

/** Conversations are short, so that a campaign that hands over is drained within a minute. */
const SHORT = { talk: 16, wrap: 6 };
/** Below this success rate the first campaign hands over. */
const THRESHOLD = 0.32;
/** The ids of the two campaigns by profile of the tenant: skills have numbers in the order of the campaigns. */
export const IDS = { rest: { primary: PRIMARY, backup: BACKUP }, acd: { primary: "4001", backup: "4002" } } as const;
/** The policy of the pair's watch. */
export const policyOf = (profile: Profile) => ({
  backup: IDS[profile].backup,
  threshold: THRESHOLD,
  // Figures of the ACD API cover quarters of an hour.
  windowMinutes: profile === "acd" ? 15 : 1,
  everySeconds: 5,
  coolDownMinutes: 30,
});

/** A scenario with what the rest of the demo needs to know about it. */
export interface DemoWorld {
  readonly scenario: Readonly<Record<string, unknown>>;
  readonly contacts: readonly DemoContact[];
  readonly history: readonly DemoCall[];
  readonly zone: string;
}

const number = (n: number) => String(n).padStart(3, "0");
const CODES = ["Sale", "Callback", "Not interested", "Wrong party", "Voicemail"];
const dispositionCodes = [
  ...CODES.map((name, i) => ({
    id: `DISP_${number(i + 1)}`,
    name,
    reasonCodes: [
      { id: `REASON_${number(2 * i + 1)}`, name: `${name}: first contact` },
      { id: `REASON_${number(2 * i + 2)}`, name: `${name}: follow-up` },
    ],
  })),
  { id: "DO_NOT_CALL", name: "Asked not to be called again", reasonCodes: [] },
];

/** @param answerRatio the answer rate that its dialer assumes; a low one dials more lines for each free agent */
function campaign(
  id: string,
  name: string,
  status: "active" | "paused",
  contactListId: string,
  zone: string,
  answerRatio: number,
) {
  return {
    id,
    name,
    status,
    contactListId,
    queueId: "renewals",
    dispositionCodes,
    dialerConfig: {
      type: "predictive",
      predictiveSettings: { answerRatio, maxCallsInFlight: 140, callRate: 420, abandonmentThreshold: 0.03 },
    },
    complianceConfig: {
      timeZone: zone,
      dialingRules: {
        startTime: "08:00:00",
        endTime: "21:00:00",
        allowedDays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
      },
    },
    failoverConfig: {
      enabled: status === "active",
      thresholdType: "success_rate",
      thresholdValue: THRESHOLD,
      evaluationWindowMinutes: 1,
    },
  };
}

/**
 * The demo's world.
 * @param places where its people live
 * @param now the start, ms since the epoch
 * @param begins when the sandbox's time begins, ms since the epoch
 */
export function demoWorld(
  places: readonly Place[],
  { now, begins }: { readonly now: number; readonly begins: number },
): DemoWorld {
  const zone = places[0]?.zone ?? "Europe/London";
  const primary = peopleOf(PRIMARY_LIST, PRIMARY_PEOPLE, 0, places);
  const backup = peopleOf(BACKUP_LIST, BACKUP_PEOPLE, PRIMARY_PEOPLE, places);
  const history = [
    ...historyOf(PRIMARY, primary, {
      now,
      days: DAYS,
      callsADay: 420,
      // Conversion is lower in the last third; together with the quiet last hours abandonment ends near the limit.
      course: (day) => ({ answered: 0.45, abandoned: day < 20 ? 0.04 : 0.048, converted: day < 20 ? 0.13 : 0.1 }),
    }),
    ...historyOf(BACKUP, backup, {
      now,
      days: DAYS,
      callsADay: 110,
      course: () => ({ answered: 0.47, abandoned: 0.012, converted: 0.15 }),
    }),
  ];
  const at = (ms: number) => Math.max(0, Math.round((ms - begins) / 1000));
  const answers = (answerRate: number) => ({ contactLists: { [PRIMARY_LIST]: { answerRate } } });
  return {
    contacts: [...primary, ...backup],
    history,
    zone,
    scenario: {
      seed: 11,
      campaigns: [
        campaign(PRIMARY, "Spring renewals", "active", PRIMARY_LIST, zone, 0.33),
        // It has few calls in the last day, which the British limit looks at: it must not begin with abandoned ones.
        campaign(BACKUP, "Spring renewals, second list", "paused", BACKUP_LIST, zone, 0.85),
      ],
      contactLists: [
        { id: PRIMARY_LIST, contacts: primary, answerRate: 0.5, ...SHORT },
        { id: BACKUP_LIST, contacts: backup, answerRate: 0.52, ...SHORT },
      ],
      calls: [...history, ...untagged(now, primary)],
      interactions: [closedInteraction(now)],
      dialer: {
        settings: {
          name: "Renewals_Outbound",
          type: "predictive",
          concurrency: { max_agents: 40, max_simultaneous_calls: 160, call_spacing_ms: 60 },
          algorithm: {
            type: "predictive",
            abandonment_rate_target: 0.03,
            agent_availability_estimate: 0.85,
            dial_ratio: 3,
            warm_line_timeout_sec: 12,
          },
        },
        history: { metricHours: 48, auditEntries: 60 },
      },
      tokenLifetimeSeconds: 86_400,
      timeline: [
        { at: at(now - 25 * 60_000), set: answers(0.46) },
        { at: at(now - 8 * 60_000), set: answers(0.42) },
        { at: at(now - 2 * 60_000), set: answers(0.38) },
      ],
    },
  };
}

/** Number of finished calls that are not tagged: the demo's tagging job is about them. */
export const UNTAGGED = 400;

function untagged(now: number, contacts: readonly DemoContact[]) {
  const callable = contacts.filter(({ consentFlags }) => consentFlags.outbound.call);
  return Array.from({ length: UNTAGGED }, (_, i) => {
    // Calls are allowed at this time of day; a few a day hardly change the figures of the day.
    const start = now - (1 + (i % 5)) * 86_400_000 - 1_800_000 + i * 4000;
    const contact = callable[i];
    return {
      id: `call_${String(i + 1).padStart(6, "0")}`,
      campaignId: PRIMARY,
      status: "completed" as const,
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + 90_000).toISOString(),
      agentId: "agent_001",
      ...(contact === undefined ? {} : { contactId: contact.id, phoneNumber: contact.phoneNumber }),
      locked: (i + 1) % 50 === 0,
    };
  });
}

function closedInteraction(now: number) {
  return {
    id: "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    dispositions: [
      {
        code: "102",
        description: "Issue Escalated",
        agent_id: "agent_abc_001",
        timestamp: new Date(now - 5 * 3_600_000).toISOString(),
        source: "agent",
      },
    ],
  };
}
