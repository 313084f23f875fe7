// Every operation of a service as the matrix of failures needs it: begun through the API and under way, let go, and what must hold at its end.

import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { openOutcomeRecords } from "../../../src/app/index.ts";
import { BACKUP, scenarioOf as failoverScenario, PRIMARY } from "../../integration/campaigns/failover-world.ts";
import { NEW, OLD, textOf } from "../../integration/dialer/world.ts";
import { expectEachOnce, interactionId, interactionsScenario, TIME } from "../../integration/interactions/world.ts";
import { expectAgreement } from "../../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { collect } from "../../support/collect.ts";
import { CRM_SECRET, startCrm } from "../../support/crm-receiver.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { startReceiver } from "../../support/receiver.ts";
import { seeded } from "../../support/scale.ts";
import { until } from "../../support/until.ts";
import { NO_ALARMS, NO_ANALYTICS, NO_RECEIVER } from "../../support/world.ts";
import { openSetting, type Setting, type SettingOptions } from "./setting.ts";

/** An operation that is under way. */
export interface Begun {
  /** The tenant, or whoever else it works with, no longer holds it up. */
  letGo(): void;
  /** What was asked for is done, each thing once, and the records say so. */
  holds(): Promise<void>;
  /** Whether nothing is at work on it any more. */
  isOver(): Promise<boolean>;
  /** A person takes it back once it is over: a process that slept through that must not do it again. */
  undo?(): Promise<void>;
}

export interface Operation {
  readonly name: string;
  /** It has nothing to do with the tenant once it is under way. */
  readonly isElsewhere?: boolean;
  /** Its services have another time than the database: what happens to their clocks cannot be seen. */
  readonly hasOwnTime?: boolean;
  open(): Promise<Setting>;
  /** Begins it and waits until it is in the middle. */
  begin(setting: Setting): Promise<Begun>;
}

const ROWS = 60;
/** A reply takes so long, ms, while the operation is held up. */
const SLOW_MS = 100;
/** Records of a push in a request. */
const BATCH = 5;
/** Deliveries whose receiver says nothing. */
const SILENT = 4;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const DAY_MS = 86_400_000;

export const opened = (options: SettingOptions) => () => openSetting(options);

/** The sandbox answers an operation otherwise until it is let go. @param path of the requests; all by default */
export function held({ sandbox }: Setting, operation: string, effect: object, path?: string): () => void {
  const match = { ...(operation.startsWith("acd.") ? { acd: operation.slice(4) } : { operation }), ...(path && { path }) };
  sandbox.control.faults.add({ match, effect });
  return () => sandbox.control.faults.clear();
}

/** The sandbox answers an operation slowly until it is let go. */
const slow = (setting: Setting, operation: string) => held(setting, operation, { delayMs: SLOW_MS });

/** So many requests of one kind have reached the tenant. */
export const sent = ({ sandbox }: Setting, operation: string, count: number): Promise<void> =>
  until(() => sandbox.control.requests({ operation, limit: count }).length >= count);

async function isJobOver(setting: Setting, id: string): Promise<boolean> {
  const [job] = await setting.world.query("select status from outdial.jobs where id = $1", [id]);
  return ["done", "partly_failed", "failed", "cancelled"].includes(String(job?.["status"]));
}

interface Submitted {
  readonly job: { readonly id: string };
}

const tag: Operation = {
  name: "tagging",
  open: opened({ sandbox: { scenario: callsScenario(ROWS) }, environment: NO_RECEIVER }),
  async begin(setting) {
    const letGo = slow(setting, "assignDisposition");
    const { job } = await setting.post<Submitted>(`/campaigns/${CAMPAIGN}/tags`, callsCsv(ROWS));
    await sent(setting, "assignDisposition", 5);
    return {
      letGo,
      isOver: () => isJobOver(setting, job.id),
      holds: async () => void (await expectAgreement(setting.world.databaseUrl, setting.sandbox, ROWS)),
    };
  },
};

const correction: Operation = {
  name: "corrections",
  open: opened({ sandbox: { scenario: interactionsScenario(ROWS) }, environment: NO_ANALYTICS }),
  async begin(setting) {
    const rows = Array.from({ length: ROWS }, (_, n) => ({ id: interactionId(n + 1), agent: `agent_${n}` }));
    const lines = rows.map(({ id, agent }) => `${id},101,${agent},${TIME}`);
    const letGo = slow(setting, "patchInteraction");
    const file = `interaction_id,code,agent_id,timestamp\n${lines.join("\n")}\n`;
    const { job } = await setting.post<Submitted>("/interactions/dispositions", file);
    await sent(setting, "patchInteraction", 5);
    return { letGo, isOver: () => isJobOver(setting, job.id), holds: () => expectEachOnce(setting.world, rows) };
  },
};

const settings: Operation = {
  name: "a change of dialer settings",
  open: opened({
    sandbox: { scenario: { seed: 4, dialer: { settings: OLD }, activation: { seconds: 0.2 }, limits: "off" } },
    yaml: "dialer: { activation: { first: 20ms, most: 100ms, looks: 1000, settle: 500ms } }\n",
    environment: NO_ALARMS,
  }),
  async begin(setting) {
    const file = JSON.parse(textOf(NEW)) as object;
    const { confirm } = await setting.post<{ confirm: string }>("/dialer/preview", { file });
    // The tenant says for a while that it is not in force yet.
    setting.sandbox.control.faults.add({
      match: { operation: "getDialerOperation" },
      effect: { status: 200, body: { status: "IN_PROGRESS" } },
    });
    const { version } = await setting.post<{ version: number }>("/dialer/apply", { file, confirm });
    await sent(setting, "getDialerOperation", 2);
    const outcome = async () =>
      (await setting.world.query("select outcome from outdial.dialer_changes where version = $1", [version]))[0]?.["outcome"];
    return {
      letGo: () => setting.sandbox.control.faults.clear(),
      isOver: async () => ((await outcome()) ?? null) !== null,
      async holds() {
        expect(await outcome()).toBe("applied");
        expect(
          setting.sandbox.control.requests({ operation: "putDialerSettings" }).filter(({ status }) => status < 300),
        ).toHaveLength(1);
        expect(await setting.world.query("select 1 from outdial.dialer_changes where ended_at is null")).toEqual([]);
      },
    };
  },
};

const EXAMPLE = new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url);

const apply: Operation = {
  name: "an apply of campaign files",
  open: opened({ sandbox: {}, environment: NO_ALARMS }),
  async begin(setting) {
    const files = [{ name: "spring.yaml", text: await readFile(EXAMPLE, "utf8") }];
    const look = { contactPages: 1 };
    const { plan, confirm } = await setting.post<{ plan: string; confirm: string }>("/campaigns/plan", { ...look, files });
    const before = setting.sandbox.control.state().campaigns.length;
    setting.sandbox.control.faults.add({ match: { operation: "createCampaign" }, effect: { delayMs: 1500 } });
    const { job } = await setting.post<{ job: string }>("/campaigns/apply", { ...look, plan, confirm });
    await sent(setting, "createCampaign", 1);
    return {
      letGo: () => setting.sandbox.control.faults.clear(),
      isOver: async () =>
        (await setting.world.query("select 1 from outdial.campaign_applies where ended_at is null")).length === 0,
      async holds() {
        expect(await setting.world.query("select outcome, job_id from outdial.campaign_applies")).toMatchObject([
          { outcome: "applied", job_id: job },
        ]);
        const { campaigns } = setting.sandbox.control.state();
        expect(campaigns).toHaveLength(before + 2);
        expect(await setting.world.query("select 1 from outdial.audit where action = 'campaign.applied'")).toHaveLength(2);
      },
    };
  },
};

const STOPPED = Array.from({ length: 6 }, (_, i) => `camp_${i}`);

const stop: Operation = {
  name: "an emergency stop",
  open: opened({
    sandbox: {
      scenario: {
        campaigns: STOPPED.map((id) => ({ id, status: "active", contactListId: "list_1", dispositionCodes: [] })),
        contactLists: [{ id: "list_1", generate: { count: 50, consentRate: 1 } }],
        limits: "off",
      },
      // A stop waits for the calls that are under way.
      clock: { speed: 60 },
    },
    environment: NO_ALARMS,
  }),
  async begin(setting) {
    setting.sandbox.control.faults.add({
      match: { operation: "updateCampaign", path: `/api/v2/omnichannel/campaigns/${STOPPED[0]}` },
      effect: { status: 503 },
    });
    const paused = () => setting.sandbox.control.state().campaigns.filter(({ status }) => status === "paused").length;
    // The answer may not come: whoever asks is killed as well.
    void setting
      .ask("/campaigns/stop", { method: "POST", body: "{}", headers: { "content-type": "application/json" } })
      .catch(() => undefined);
    await until(() => paused() === STOPPED.length - 1);
    return {
      letGo: () => setting.sandbox.control.faults.clear(),
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

/** A campaign whose state is changed. */
export interface Dialed {
  /** Its id by the profile, and its place among the tenant's. */
  readonly id: string;
  readonly place: number;
  /** The tenant's operations. */
  readonly starts: string;
  readonly stops: string;
}

const dialedOnRest = (id: string, place: number): Dialed => ({ id, place, starts: "updateCampaign", stops: "updateCampaign" });

const statusOf = ({ sandbox }: Setting, { place }: Dialed) => sandbox.control.state().campaigns[place]?.status;

/** Starts of a campaign that the tenant took, repetitions included. */
const startsOf = ({ sandbox }: Setting, { id, starts }: Dialed): number =>
  sandbox.control
    .requests({ operation: starts, limit: 1000 })
    .filter(
      ({ status, path, body }) => status < 300 && path.includes(id) && (body as { status?: string } | null)?.status !== "paused",
    ).length;

async function change(setting: Setting, verb: "pause" | "resume", { id }: Dialed): Promise<void> {
  const { confirm } = await setting.post<{ confirm: string }>(`/campaigns/${id}/${verb}/preview`, {});
  await setting.post(`/campaigns/${id}/${verb}`, { confirm, reason: "a wrong list" });
}

/** A person pauses what was started; that nobody is on the phone any more is not waited for. */
async function pauseAgain(setting: Setting, dialed: Dialed): Promise<void> {
  void change(setting, "pause", dialed).catch(() => undefined);
  await until(() => statusOf(setting, dialed) === "paused");
}

/** Asks for a change of state of a campaign and waits until it is sent. The answer may not come: whoever asks is killed as well. */
export async function changing(setting: Setting, verb: "pause" | "resume", dialed: Dialed): Promise<Begun> {
  const wanted = verb === "pause" ? "paused" : "active";
  const operation = verb === "pause" ? dialed.stops : dialed.starts;
  const letGo = held(setting, operation, { status: 503 });
  let isAnswered = false;
  let isUndone = false;
  let asked = 0;
  const ask = () => {
    asked += 1;
    isAnswered = false;
    return change(setting, verb, dialed).finally(() => (isAnswered = true));
  };
  let answered = ask();
  await Promise.race([sent(setting, operation, 1), answered]);
  answered.catch(() => undefined);
  const intents = () =>
    setting.world.query<{ outcome: string | null; executor: string | null }>(
      "select outcome, executor from outdial.state_intents where campaign_id = $1 and target = $2",
      [dialed.id, wanted],
    );
  return {
    letGo,
    async isOver() {
      const [intent] = await intents();
      // What it could not find out is asked for once more: by whoever asked.
      if (isAnswered && intent?.outcome === null && intent.executor === null) {
        answered = ask();
        answered.catch(() => undefined);
      }
      return isUndone || (statusOf(setting, dialed) === wanted && (await intents()).every(({ outcome }) => outcome !== null));
    },
    ...(verb === "resume" && {
      async undo() {
        await pauseAgain(setting, dialed);
        isUndone = true;
      },
    }),
    async holds() {
      // The one that slept has said what became of it.
      if (isUndone) await answered.catch(() => undefined);
      expect(statusOf(setting, dialed)).toBe(isUndone ? "paused" : wanted);
      expect((await intents()).map(({ outcome }) => outcome)).toEqual(["changed"]);
      const told = await setting.world.query<{ details: { readonly stop?: string } }>(
        "select details::json from outdial.audit where action = $1",
        [`campaign.${verb}`],
      );
      // A pause that cannot be written any more goes on as a stop of this campaign, with an entry and a key of its own; what was written is ended besides.
      const stops = told.filter(({ details }) => details.stop !== undefined).length;
      expect(stops).toBeLessThanOrEqual(verb === "pause" ? asked : 0);
      expect(told.filter(({ details }) => details.stop === undefined)).toMatchObject([{ details: { outcome: "changed" } }]);
      if (verb === "resume") expect(startsOf(setting, dialed)).toBe(1);
      if (isUndone || operation !== "updateCampaign") return;
      const keys = setting.sandbox.control.requests({ operation }).map(({ headers }) => headers["x-idempotency-key"]);
      expect(new Set(keys).size).toBeLessThanOrEqual(1 + stops);
    },
  };
}

const pause: Operation = {
  name: "a pause",
  open: () => stop.open(),
  begin: (setting) => changing(setting, "pause", dialedOnRest(String(STOPPED[0]), 0)),
};

/** A Tuesday, 13:00 in New York: calling hours, for the service and the tenant. */
export const OPEN = "2026-06-16T17:00:00Z";

/** What the gate needs to let a campaign dial. */
export async function bringLists(setting: Setting): Promise<void> {
  await setting.post("/facts/registry?registry=US&asOf=2026-06-10&covers=all", "2125550199\n");
  await setting.post("/suppressions/declare-empty", { name: "Olga", reason: "nobody has asked yet" });
}

/** The clock of a process stands there when it starts, and goes on. */
export function standing(now: string): Readonly<Record<string, string>> {
  const preload = new URL("../../support/shift-clock.mjs", import.meta.url).href;
  return { TEST_NOW: now, TEST_NOW_BASE: String(Date.now()), NODE_OPTIONS: `--import=${preload}` };
}

/** A hand-over, held up at the pausing of the primary or at the start of the backup. */
export const handOver = (of: {
  readonly name: string;
  readonly open: Operation["open"];
  readonly primary: Dialed;
  readonly backup: Dialed;
  readonly at: "pause" | "start";
}): Operation => ({
  name: of.name,
  hasOwnTime: true,
  open: of.open,
  async begin(setting) {
    const { primary, backup, at } = of;
    await bringLists(setting);
    const pair = { primary: primary.id, policy: { backup: backup.id, everySeconds: 5, drainMinutes: 1 } };
    const { confirm } = await setting.post<{ confirm: string }>("/failover/pairs/preview", pair);
    await setting.post("/failover/pairs", { ...pair, confirm });
    const shown = await setting.post<{ confirm: string }>(`/campaigns/${primary.id}/failover/preview`, {});
    // The tenant does not do it for a while.
    const [operation, { id }] = at === "pause" ? [primary.stops, primary] : [backup.starts, backup];
    const letGo = held(setting, operation, { status: 503 }, operation === "updateCampaign" ? campaignPath(id) : undefined);
    await setting.post(`/campaigns/${primary.id}/failover`, { confirm: shown.confirm });
    const requests = () => setting.sandbox.control.requests({ operation, limit: 100 }).filter(({ path }) => path.includes(id));
    await until(() => requests().length >= (at === "pause" ? 2 : 1));
    const phase = async () => String((await setting.world.query("select phase from outdial.failover_pairs"))[0]?.["phase"]);
    let isUndone = false;
    return {
      letGo,
      isOver: async () => isUndone || (statusOf(setting, backup) === "active" && !(await phase()).includes("ing")),
      async undo() {
        await pauseAgain(setting, backup);
        isUndone = true;
      },
      async holds() {
        const found = { primary: statusOf(setting, primary), backup: statusOf(setting, backup) };
        expect(found).toEqual({ primary: "paused", backup: isUndone ? "paused" : "active" });
        expect(startsOf(setting, backup)).toBe(1);
        if (!isUndone)
          expect((await setting.get<{ dials: string | null }>(`/failover/pairs/${primary.id}`)).dials).toBe("backup");
      },
    };
  },
});

const campaignPath = (id: string) => `/api/v2/omnichannel/campaigns/${id}`;

const openFailover = () =>
  openSetting({
    // Nobody is on the phone: a hand-over waits for calls that are under way.
    sandbox: { scenario: failoverScenario(), now: OPEN, clock: "frozen" },
    yaml: "compliance: {}\n",
    environment: { ...NO_ALARMS, ...standing(OPEN) },
  });
const PAIR = { open: openFailover, primary: dialedOnRest(PRIMARY, 0), backup: dialedOnRest(BACKUP, 1) };

const failover = handOver({ name: "a hand-over to the backup", at: "pause", ...PAIR });
const start = handOver({ name: "the start of the backup in a hand-over", at: "start", ...PAIR });

const resume: Operation = {
  name: "a resume",
  hasOwnTime: true,
  open: openFailover,
  async begin(setting) {
    await bringLists(setting);
    return changing(setting, "resume", dialedOnRest(BACKUP, 1));
  },
};

/** A retrieval of a day. @param of the listing that it reads, the campaign as the profile calls it, and whether the records have the calls' own ids */
export const retrievalOf = (of: {
  readonly name: string;
  readonly options: SettingOptions;
  readonly listing: string;
  readonly campaignId: string;
  readonly hasIds: boolean;
}): Operation => ({
  name: of.name,
  open: opened(of.options),
  async begin(setting) {
    const { campaignId, listing } = of;
    const letGo = slow(setting, listing);
    const from = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS;
    const to = from + DAY_MS - 1;
    const asked = { campaignId, from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: 10 };
    const { jobId } = await setting.post<{ jobId: string }>("/outcomes/retrievals", asked);
    await sent(setting, listing, 3);
    return {
      letGo,
      isOver: () => isJobOver(setting, jobId),
      async holds() {
        const [job] = await setting.world.query("select status, profile from outdial.jobs where id = $1", [jobId]);
        expect(job).toEqual({ status: "done", profile: of.options.profile ?? "rest" });
        const { calls } = truthOf(setting.sandbox, from, to);
        await using records = await openOutcomeRecords({}, setting.world.environment);
        const kept = await collect(records.lake.records({ campaignId, from, to }));
        expect(new Set(kept.map(({ callId }) => callId)).size).toBe(calls.length);
        expect(kept.map(({ startTime }) => startTime)).toEqual(calls.map(({ start }) => start));
        if (of.hasIds) expect(kept.map(({ callId }) => callId)).toEqual(calls.map(({ id }) => id));
      },
    };
  },
});

const retrieval = retrievalOf({
  name: "a retrieval of outcomes",
  options: {
    sandbox: {
      scenario: outcomesScenario(0, {
        generateCalls: [{ campaignId: CAMPAIGN, count: 600, days: 3, prefix: "call_", digits: 7 }],
      }),
    },
    environment: NO_ALARMS,
  },
  listing: "listCalls",
  campaignId: CAMPAIGN,
  hasIds: true,
});

const push: Operation = {
  name: "a push to the CRM",
  isElsewhere: true,
  async open() {
    const crm = await startCrm();
    const setting = await openSetting({
      sandbox: {
        scenario: outcomesScenario(0, {
          generateCalls: [{ campaignId: CAMPAIGN, count: ROWS, days: 1, prefix: "call_", digits: 7 }],
        }),
      },
      environment: { OUTDIAL_CRM_URL: crm.url, OUTDIAL_CRM_SECRET: CRM_SECRET, OUTDIAL_CRM_RECORDS_URL: crm.url },
    });
    return Object.assign(setting, { crm: setting.use(crm) });
  },
  async begin(given) {
    const setting = given as Setting & { readonly crm: Awaited<ReturnType<typeof startCrm>> };
    const { crm } = setting;
    const { jobId } = await setting.post<{ jobId: string }>("/outcomes/retrievals", { campaignId: CAMPAIGN, lastHours: 72 });
    await until(() => isJobOver(setting, jobId));
    let isHeld = true;
    // Between any two of its batches.
    const brought = seeded("batches of the push").int(ROWS / BATCH);
    crm.instead = (index) => (isHeld && index >= brought ? 503 : undefined);
    const { jobId: pushId } = await setting.post<{ jobId: string }>("/outcomes/push", { records: true, batch: BATCH });
    await crm.arrived(brought + 1);
    return {
      letGo: () => {
        isHeld = false;
      },
      isOver: () => isJobOver(setting, pushId),
      async holds() {
        expect(crm.held.size).toBe(ROWS);
        expect(new Set(crm.applied).size).toBe(crm.applied.length);
        // A batch that came again came under the same key.
        const keys = new Map(crm.requests.map(({ headers, calls }) => [calls.join(), headers["idempotency-key"]]));
        for (const { headers, calls } of crm.requests) expect(headers["idempotency-key"]).toBe(keys.get(calls.join()));
        const [{ acknowledged } = { acknowledged: 0 }] = await setting.world.query<{ acknowledged: number }>(
          "select count(*)::int as acknowledged from outdial.crm_acknowledged where job_id = $1",
          [pushId],
        );
        expect(acknowledged).toBe(ROWS);
        const [job] = await setting.world.query("select status, counts from outdial.jobs where id = $1", [pushId]);
        expect(job).toMatchObject({ status: "done", counts: { acknowledged: ROWS, unchanged: 0, refused: 0 } });
      },
    };
  },
};

const delivery: Operation = {
  name: "deliveries to a receiver",
  isElsewhere: true,
  async open() {
    const receiver = await startReceiver(SECRET);
    const setting = await openSetting({
      sandbox: { scenario: callsScenario(ROWS) },
      environment: { OUTDIAL_BI_URL: receiver.url, OUTDIAL_BI_SECRET: SECRET },
    });
    setting.use({ [Symbol.asyncDispose]: () => receiver.close() });
    return Object.assign(setting, { receiver });
  },
  async begin(given) {
    const setting = given as Setting & { readonly receiver: Awaited<ReturnType<typeof startReceiver>> };
    const { receiver } = setting;
    let isHeld = true;
    // Some are taken, a few are left without an answer, the others are told to come again.
    const silent = (index: number) => index >= ROWS / 4 && index < ROWS / 4 + SILENT;
    receiver.answer = (_, index) => {
      if (isHeld && silent(index)) return () => undefined;
      return isHeld && index >= ROWS / 4 ? 503 : 204;
    };
    const { job } = await setting.post<Submitted>(`/campaigns/${CAMPAIGN}/tags`, callsCsv(ROWS));
    await until(() => isJobOver(setting, job.id));
    await receiver.arrived(ROWS / 2);
    const waiting = () => setting.world.query("select 1 from outdial.outbox where status <> 'delivered'");
    const claims = await setting.world.query<{ id: number; by: string; until: string }>(
      "select id::int, claimed_by as by, claimed_until::text as until from outdial.outbox where status = 'pending' and claimed_by is not null",
    );
    expect(claims.length).toBeGreaterThan(0);
    return {
      letGo: () => {
        isHeld = false;
      },
      isOver: async () => (await waiting()).length === 0,
      async holds() {
        const subjects = new Map(receiver.received.map(({ id, subject }) => [id, subject]));
        expect(new Set(subjects.values()).size).toBe(ROWS);
        expect(subjects.size).toBe(ROWS);
        expect(receiver.received.every(({ signed }) => signed)).toBe(true);
        // What a process had claimed that is gone did not wait for the end of the claim.
        const late = await setting.world.query(
          `select o.id from outdial.outbox o join unnest($1::bigint[], $2::text[], $3::timestamptz[]) as c (id, by, until) on c.id = o.id
           where o.delivered_at >= c.until
             and not exists (select from outdial.replicas where id = c.by and heartbeat_at > clock_timestamp() - interval '10 s')`,
          [claims.map(({ id }) => id), claims.map(({ by }) => by), claims.map(({ until: end }) => end)],
        );
        expect(late).toEqual([]);
      },
    };
  },
};

/** Lines of a file that is read in three batches. */
const LINES = 12_000;

/** An import has no job: one whose process died is named with what of it is in force, and reading the file again brings the rest. */
const imports: Operation = {
  name: "an import of opt-outs",
  isElsewhere: true,
  open: opened({ sandbox: { scenario: callsScenario(1) }, environment: NO_RECEIVER }),
  async begin(setting) {
    const { world, admin } = setting;
    // Writing takes its time until it is let go.
    await admin.query("create table public.held as select true as yes");
    await admin.query(
      `create function public.slow() returns trigger language plpgsql as
       $$ begin if exists (select from public.held) then perform pg_sleep(1); end if; return null; end $$`,
    );
    await admin.query(
      "create trigger slow before insert on outdial.suppressions for each statement execute function public.slow()",
    );
    const text = `number,reference\n${Array.from({ length: LINES }, (_, n) => `+1212${5_550_000 + n},ticket-${n}`).join("\n")}\n`;
    const send = () =>
      setting.ask("/facts/dnc?name=list.csv", { method: "POST", headers: { "content-type": "text/csv" }, body: text });
    // Whoever sent it hears nothing more when its service dies.
    const asked = send().catch(() => undefined);
    const rows = () =>
      world.query<{ id: string; ended: boolean; broken: boolean; inForce: { suppressions?: number } }>(
        `select id, finished_at is not null as ended, broken_off_at is not null as broken, in_force as "inForce"
         from outdial.fact_imports where source_name = 'list.csv' order by started_at`,
      );
    await until(async () => ((await rows())[0]?.inForce.suppressions ?? 0) > 0);
    const counted = async (id: string) =>
      Number(
        (await world.query("select count(*)::int as many from outdial.suppressions where import_id = $1", [id]))[0]?.["many"],
      );
    const entries = (id: string) =>
      world.query<{ action: string; details: string }>(
        `select action, details from outdial.audit where strpos(details, '"import":"' || $1 || '"') > 0 order by seq`,
        [id],
      );
    return {
      letGo: () => void admin.query("delete from public.held"),
      isOver: async () => (await rows())[0]?.ended === true || (await rows())[0]?.broken === true,
      async holds() {
        await asked;
        const [first] = await rows();
        if (first === undefined) throw new Error("there is no import");
        const inForce = await counted(first.id);
        expect(first.inForce).toEqual({ suppressions: inForce });
        const told = await entries(first.id);
        expect(told.map(({ action }) => action)).toEqual([first.broken ? "dnc.import.broken-off" : "dnc.import"]);
        expect(JSON.parse(told[0]?.details ?? "")).toMatchObject(first.broken ? { inForce: first.inForce } : { read: LINES });
        const list = await setting.get<{ items: object[] }>("/facts/imports?brokenOff=true");
        const needs = async () => {
          const { items } = await setting.get<{ items: { code: string; subject: { id: string } }[] }>("/attention");
          return items.filter(({ code }) => code === "import_broken_off").map(({ subject }) => subject.id);
        };
        expect(list.items).toMatchObject(first.broken ? [{ id: first.id, state: "broken-off", inForce: first.inForce }] : []);
        expect(await needs()).toEqual(first.broken ? [first.id] : []);
        if (!first.broken) return expect(inForce).toBe(LINES);
        expect(await (await send()).json()).toMatchObject({ read: LINES, known: inForce, added: LINES - inForce });
        expect(await needs()).toEqual([]);
        // One that slept through it wrote nothing more.
        expect(await counted(first.id)).toBe(inForce);
      },
    };
  },
};

export const OPERATIONS: readonly Operation[] = [
  tag,
  correction,
  settings,
  apply,
  stop,
  pause,
  resume,
  failover,
  start,
  retrieval,
  push,
  delivery,
  imports,
];
