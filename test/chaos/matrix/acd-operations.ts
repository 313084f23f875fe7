// The operations of a service that write to the ACD API or read it for long, as the matrix of failures needs them. The others are the same on both profiles:
// they have nothing to do with the tenant, or are of one profile.

import { expect } from "vitest";
import { scenarioOf as failoverScenario } from "../../integration/campaigns/failover-world.ts";
import { DRAFT } from "../../integration/campaigns/plan-world.ts";
import { staffedSkill, textOf } from "../../integration/dialer/world.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { outcomesScenario } from "../../support/outcomes.ts";
import { NO_ALARMS } from "../../support/world.ts";
import {
  bringLists,
  changing,
  type Dialed,
  handOver,
  held,
  OPEN,
  type Operation,
  opened,
  retrievalOf,
  sent,
  standing,
} from "./operations.ts";
import type { Setting } from "./setting.ts";

const PRIMARY = "4001";
const BACKUP = "4002";
const CONSENT = "tenant: { acd: { consentField: consent.call } }\n";

/** Requests of one kind that the tenant carried out. */
const done = ({ sandbox }: Setting, operation: string): number =>
  sandbox.control.requests({ operation: `acd.${operation}`, limit: 1000 }).filter(({ status }) => status < 300).length;

/** What of the settings of the first skill the tenant has been sent. */
function settingsOf({ sandbox }: Setting): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const { dialects } = JSON.parse(JSON.stringify(sandbox.control.snapshot())) as {
    readonly dialects: readonly [
      string,
      { readonly skills: readonly { readonly settings: Record<string, Record<string, unknown>> }[] },
    ][];
  };
  return new Map(dialects).get("acd")?.skills[0]?.settings ?? {};
}

const settings: Operation = {
  name: "a change of a skill's settings",
  open: opened({
    profile: "acd",
    sandbox: { scenario: { seed: 4, campaigns: [{ id: "camp_1", status: "active", dispositionCodes: [] }], limits: "off" } },
    yaml: "dialer: { activation: { first: 20ms, most: 100ms, looks: 1000, settle: 500ms } }\n",
    environment: NO_ALARMS,
  }),
  async begin(setting) {
    const { changed } = await staffedSkill(setting.world);
    const { dial_ratio: maximumRatio, warm_line_timeout_sec: abandonTimeout } = changed.algorithm;
    const asked = { file: JSON.parse(textOf(changed)) as object, campaign: PRIMARY };
    const { confirm } = await setting.post<{ confirm: string }>("/dialer/preview", asked);
    // Two requests make the change: it is met between them.
    const letGo = held(setting, "acd.putCpa", { status: 503 });
    const { version } = await setting.post<{ version: number }>("/dialer/apply", { ...asked, confirm });
    await sent(setting, "acd.putCpa", 1);
    const outcome = async () =>
      (await setting.world.query("select outcome from outdial.dialer_changes where version = $1", [version]))[0]?.["outcome"];
    return {
      letGo,
      isOver: async () => ((await outcome()) ?? null) !== null,
      async holds() {
        expect(await outcome()).toBe("applied");
        expect(settingsOf(setting)).toMatchObject({ generalSettings: { maximumRatio }, cpaSettings: { abandonTimeout } });
        expect(done(setting, "putCpa")).toBe(1);
        expect(await setting.world.query("select 1 from outdial.dialer_changes where ended_at is null")).toEqual([]);
      },
    };
  },
};

const apply: Operation = {
  name: "an apply of a campaign file, piece by piece",
  open: opened({
    profile: "acd",
    sandbox: {
      scenario: {
        seed: 5,
        campaigns: [{ ...DRAFT, id: "camp_old", name: "Spring", status: "paused" }],
        contactLists: [{ id: "list_east", generate: { count: 20, consentRate: 1, zones: ["America/New_York"] } }],
        limits: "off",
      },
    },
    environment: NO_ALARMS,
  }),
  async begin(setting) {
    const document = { ...DRAFT, reportingGroup: "Renewals", callerId: "8005550199" };
    const files = [{ name: "spring.json", text: JSON.stringify(document) }];
    const look = { contactPages: 1 };
    const { plan, confirm } = await setting.post<{ plan: string; confirm: string }>("/campaigns/plan", { ...look, files });
    const letGo = held(setting, "acd.putTimeZones", { status: 503 });
    const { job } = await setting.post<{ job: string }>("/campaigns/apply", { ...look, plan, confirm });
    await sent(setting, "acd.putTimeZones", 1);
    return {
      letGo,
      isOver: async () =>
        (await setting.world.query("select 1 from outdial.campaign_applies where ended_at is null")).length === 0,
      async holds() {
        expect(await setting.world.query("select outcome, job_id from outdial.campaign_applies")).toMatchObject([
          { outcome: "applied", job_id: job },
        ]);
        expect(done(setting, "createCampaign")).toBe(1);
        expect(done(setting, "putTimeZones")).toBe(1);
        expect(settingsOf(setting)).toMatchObject({
          generalSettings: { abandonRateThreshold: 3 },
          retrySettings: { restrictedCallingMaxAttempts: 1 },
        });
        expect(done(setting, "startSkill")).toBe(0);
        expect(await setting.world.query("select 1 from outdial.audit where action = 'campaign.applied'")).toHaveLength(1);
      },
    };
  },
};

const STOPPED = Array.from({ length: 4 }, (_, i) => `camp_${i}`);

const stop: Operation = {
  name: "an emergency stop of skills",
  open: opened({
    profile: "acd",
    sandbox: {
      scenario: {
        campaigns: STOPPED.map((id) => ({ id, status: "active", contactListId: "list_1", dispositionCodes: [] })),
        contactLists: [{ id: "list_1", generate: { count: 50, consentRate: 1 } }],
        limits: "off",
      },
      clock: { speed: 60 },
    },
    environment: NO_ALARMS,
  }),
  async begin(setting) {
    const letGo = held(setting, "acd.stopSkill", { status: 503 });
    void setting
      .ask("/campaigns/stop", { method: "POST", body: "{}", headers: { "content-type": "application/json" } })
      .catch(() => undefined);
    await sent(setting, "acd.stopSkill", STOPPED.length);
    const paused = () => setting.sandbox.control.state().campaigns.filter(({ status }) => status === "paused").length;
    return {
      letGo,
      isOver: async () => (await setting.world.query("select 1 from outdial.stops where ended_at is null")).length === 0,
      async holds() {
        expect(paused()).toBe(STOPPED.length);
        const ends = await setting.world.query<{ details: { notConfirmed: unknown } }>(
          "select details::json from outdial.audit where action = 'campaign.stop.end'",
        );
        expect(ends).toMatchObject([{ details: { notConfirmed: [] } }]);
      },
    };
  },
};

const dialed = (id: string, place: number): Dialed => ({ id, place, starts: "acd.startSkill", stops: "acd.stopSkill" });

const openFailover = () =>
  opened({
    profile: "acd",
    // Nobody is on the phone, and a stop is in force at once: the clock stands still.
    sandbox: { scenario: failoverScenario({ acd: { startSeconds: 0, stopSeconds: 0 } }), now: OPEN, clock: "frozen" },
    yaml: `compliance: {}\n${CONSENT}`,
    environment: { ...NO_ALARMS, ...standing(OPEN) },
  })();
const PAIR = { open: openFailover, primary: dialed(PRIMARY, 0), backup: dialed(BACKUP, 1) };

const failover = handOver({ name: "a hand-over from skill to skill", at: "pause", ...PAIR });
const start = handOver({ name: "the start of a skill in a hand-over", at: "start", ...PAIR });

const pause: Operation = {
  name: "a pause of a skill",
  open: () => stop.open(),
  begin: (setting) => changing(setting, "pause", dialed(PRIMARY, 0)),
};

const resume: Operation = {
  name: "a resume of a skill",
  hasOwnTime: true,
  open: openFailover,
  async begin(setting) {
    await bringLists(setting);
    return changing(setting, "resume", PAIR.backup);
  },
};

const retrieval = retrievalOf({
  name: "a retrieval of contacts and attempts",
  options: {
    profile: "acd",
    sandbox: {
      scenario: outcomesScenario(0, {
        contactLists: [{ id: "list_1", generate: { count: 500, consentRate: 1 } }],
        campaigns: [{ id: CAMPAIGN, name: "Outcomes", contactListId: "list_1", dispositionCodes: [] }],
        generateCalls: [{ campaignId: CAMPAIGN, count: 600, days: 3, prefix: "call_", digits: 7 }],
      }),
    },
    environment: NO_ALARMS,
  },
  listing: "acd.listCompleted",
  campaignId: PRIMARY,
  hasIds: false,
});

export const ACD_OPERATIONS: readonly Operation[] = [settings, apply, stop, pause, resume, failover, start, retrieval];
