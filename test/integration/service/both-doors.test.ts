// Every operation of the contract, answered in process and over HTTP against one world: the same answers, the same refusals, the same audit entries.

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiClient, type HereOperation, openApi } from "../../../src/app/index.ts";
import { OutdialError } from "../../../src/kernel/index.ts";
import { type AnyAsking, describedRoutes } from "../../../src/server/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { callsCsv, callsScenario } from "../../support/calls.ts";
import { type StartedService, startService } from "../../support/service.ts";

const CAMPAIGN = "camp_1";
const EXAMPLE = new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url);
const NEVER = "0".repeat(64);

let at: StartedService;
let doors: Readonly<Record<"here" | "there", ApiClient<HereOperation>>>;
const opened = new AsyncDisposableStack();
let campaignFile = "";
let job = "";
let retrieval = "";
beforeAll(async () => {
  at = opened.use(await startService({ sandbox: { clock: "frozen", scenario: callsScenario(20) } }));
  campaignFile = await readFile(EXAMPLE, "utf8");
  const { signal } = new AbortController();
  const io = { signal, clock: systemClock, say: () => undefined, leave: () => undefined };
  const env = { ...at.environment, OUTDIAL_DIR: at.dir, OUTDIAL_ACTOR: "adam" };
  const service = { url: at.service.url, token: at.tokens.admin };
  doors = {
    here: opened.use(await openApi({ service: undefined, cwd: at.dir }, { ...io, env })),
    there: opened.use(await openApi({ service, cwd: at.dir }, { ...io, env: {} })),
  };
  const made = await doors.there.ask("tags.submit", { params: { id: CAMPAIGN }, file: file() });
  job = "job" in made ? made.job.id : "";
  ({ jobId: retrieval } = await doors.there.ask("outcomes.retrieve", { body: { campaignId: CAMPAIGN, lastHours: 1 } }));
  for (const id of [job, retrieval]) await at.ended(id);
  await doors.there.ask("facts.import", { params: { kind: "lines" }, file: known() });
});
afterAll(() => opened.disposeAsync());

type Given = AnyAsking & { readonly file?: { bytes(): AsyncIterable<Uint8Array>; readonly rereadable: boolean } };

const file = () => ({
  async *bytes() {
    yield Buffer.from(callsCsv(5));
  },
  rereadable: true,
});
const rows = (...lines: readonly string[]) => ({
  async *bytes() {
    yield Buffer.from(lines.join("\n"));
  },
  rereadable: true,
});
/** Imported before: twice the same adds nothing. */
const known = () => rows("number,line_type,date", "+12125550127,mobile,2026-01-05", "12,mobile,2026-01-05");
const files = () => [{ name: "spring.yaml", text: campaignFile }];
const dialerFile = await readFile(new URL("../../../examples/dialer-settings.yaml", import.meta.url), "utf8");
const settings = { file: "{}", sourceName: "settings.json" };
/** Where an answer is compared besides the refusal of what is not there. */
const CASES: Readonly<Record<HereOperation, readonly (() => Given)[]>> = {
  "attention.list": [() => ({})],
  "audit.list": [() => ({ query: { limit: 5 } })],
  "audit.pack": [() => ({ body: { number: "+12125550126" } }), () => ({ body: {} })],
  "audit.packPdf": [() => ({ body: { campaign: "nobody" } }), () => ({ body: { number: "12" } })],
  "audit.proof": [],
  "audit.verify": [() => ({})],
  "callbacks.delete": [],
  "callbacks.list": [],
  "calls.recordings": [],
  "calls.show": [() => ({ params: { id: "call_0000001" } })],
  "campaigns.agents": [() => ({ params: { id: CAMPAIGN } })],
  "campaigns.applied": [],
  "campaigns.applies": [() => ({})],
  "campaigns.apply": [() => ({ body: { confirm: NEVER, plan: NEVER } })],
  "campaigns.drift": [() => ({ body: { files: files() } }), () => ({ body: { files: [{ name: "a", text: "x: 1" }] } })],
  "campaigns.export": [() => ({ query: { id: [CAMPAIGN] } })],
  "campaigns.failback": [() => ({ params: { id: CAMPAIGN }, body: { confirm: NEVER } })],
  "campaigns.failover": [() => ({ params: { id: CAMPAIGN }, body: { confirm: NEVER } })],
  "campaigns.plan": [() => ({ body: { files: files() } }), () => ({ body: { plan: NEVER } }), () => ({ body: {} })],
  "campaigns.planned": [() => ({ params: { plan: NEVER } })],
  "campaigns.preview": [
    () => ({ params: { id: CAMPAIGN, verb: "resume" } }),
    () => ({ params: { id: CAMPAIGN, verb: "failover" } }),
  ],
  "campaigns.resume": [() => ({ params: { id: CAMPAIGN }, body: { confirm: NEVER } })],
  "campaigns.resumeApply": [],
  "campaigns.status": [() => ({ query: { campaign: CAMPAIGN, fresh: true } })],
  "campaigns.stopped": [],
  "campaigns.stops": [() => ({})],
  "data.erase": [() => ({ body: { person: "+12125550126", reason: "asked for it", confirm: NEVER } })],
  "data.eraseAgain": [() => ({})],
  "campaigns.stories": [() => ({ query: { campaign: "camp_primary_001" } })],
  "data.find": [() => ({ body: { person: "+12125550126" } }), () => ({ body: { person: "12" } })],
  "data.previewErase": [() => ({ body: { person: "+12125550126", reason: "asked for it" } }), () => ({ body: { person: "12" } })],
  "deliveries.disable": [],
  "deliveries.enable": [],
  "deliveries.endpoints": [() => ({})],
  "deliveries.forget": [],
  "deliveries.list": [() => ({})],
  "deliveries.replay": [() => ({ body: { fromId: 1 } }), () => ({ body: {} })],
  "deliveries.show": [],
  "contacts.segment": [
    () => ({ params: { list: "people" }, body: { query: "true", verdicts: true, progress: true, reveal: true } }),
    () => ({ params: { list: "people" }, body: { query: "a=b" } }),
  ],
  "dialer.apply": [() => ({ body: { ...settings, confirm: NEVER } })],
  "dialer.change": [() => ({ params: { version: 99 } })],
  "dialer.createCampaign": [() => ({ body: settings }), () => ({ body: { file: dialerFile } })],
  "dialer.history": [() => ({})],
  "dialer.metrics": [() => ({}), () => ({ query: { metric: ["answerRate"] } })],
  "dialer.preview": [() => ({ body: settings })],
  "dialer.previewRollback": [() => ({ body: { version: 99 } })],
  "dialer.resume": [() => ({ params: { version: 99 } })],
  "dialer.rollback": [() => ({ body: { version: 99, confirm: NEVER } })],
  "dialer.show": [() => ({})],
  "dialer.simulateVendor": [() => ({ body: settings })],
  "dialer.validate": [() => ({ body: settings }), () => ({ body: { file: dialerFile, making: true } })],
  "dialer.vendorAudit": [() => ({ query: { entity: "dialer", limit: 5 } })],
  "dispositions.check": [() => ({ file: file() })],
  "dispositions.submit": [() => ({ file: file() })],
  "doNotCall.compare": [],
  "doNotCall.push": [() => ({ params: { id: CAMPAIGN }, body: {} })],
  "facts.registries": [() => ({})],
  "failover.drill": [],
  "failover.history": [],
  "failover.holds": [],
  "failover.list": [() => ({})],
  "failover.prepare": [],
  "failover.preview": [
    () => ({ body: { primary: CAMPAIGN, policy: { backup: "camp_2" } } }),
    () => ({ body: { primary: "x", policy: {} } }),
  ],
  "failover.put": [() => ({ body: { primary: CAMPAIGN, policy: { backup: "camp_2" }, confirm: NEVER } })],
  "failover.removal": [],
  "failover.remove": [],
  "failover.show": [() => ({ params: { primary: CAMPAIGN } })],
  "failover.take": [() => ({})],
  "interactions.made": [() => ({}), () => ({ query: { interaction: "nobody", limit: 0 } })],
  "interactions.preview": [() => ({ params: { id: "nobody" }, body: { code: "101", agentId: "a" } })],
  "interactions.show": [],
  "jobs.cancel": [],
  "jobs.list": [() => ({}), () => ({ query: { kind: "tag" } }), () => ({ query: { kind: "none" } })],
  "jobs.resume": [() => ({ params: { id: job } })],
  "jobs.rows": [() => ({ params: { id: job } }), () => ({ params: { id: job }, query: { result: "tagged", limit: 2 } })],
  "jobs.show": [() => ({ params: { id: job } }), () => ({ params: { id: retrieval } })],
  "lives.list": [() => ({})],
  "outcomes.doubt": [() => ({ params: { campaign: CAMPAIGN } }), () => ({ params: { campaign: "camp_11" } })],
  "outcomes.export": [
    () => ({ query: { format: "ndjson" } }),
    () => ({ query: { campaign: "nobody" } }),
    () => ({ query: { format: "x" } }),
  ],
  "outcomes.makeReport": [
    () => ({ body: { campaigns: [CAMPAIGN], last: "1h", compare: ["previous"] } }),
    () => ({ body: { last: "soon" } }),
    () => ({ body: { map: { name: "map.yaml", text: "x: 1" } } }),
  ],
  "outcomes.plan": [() => ({ body: { campaignId: CAMPAIGN, lastHours: 1, to: "2100-01-01T00:00:00Z" } })],
  "outcomes.push": [() => ({ body: {} })],
  "outcomes.quarantine": [() => ({ params: { id: retrieval } })],
  "outcomes.reconcile": [() => ({ body: { campaignId: CAMPAIGN, lastHours: 1 } }), () => ({ body: { campaignId: "" } })],
  "outcomes.report": [() => ({ query: { campaign: [CAMPAIGN], last: "1h" } }), () => ({ query: { by: ["colour"] } })],
  "outcomes.retrieval": [() => ({ params: { id: retrieval } })],
  "outcomes.retrievals": [() => ({})],
  "outcomes.retrieve": [() => ({ body: { campaignId: "" } })],
  // One that is set is carried out, while others are compared.
  "outcomes.scheduleAll": [() => ({ body: { campaigns: [CAMPAIGN], everyMinutes: 60, overlapMinutes: 10_081 } })],
  "outcomes.schedules": [() => ({})],
  "outcomes.unschedule": [],
  "outcomes.verify": [() => ({ params: { id: retrieval } })],
  "packs.compare": [() => ({ body: { after: "shipped" } }), () => ({ body: { after: {} } })],
  "packs.replay": [() => ({ file: rows('{"decision":"allow"}', "[]") }), () => ({ file: rows('{"pack":{}}') })],
  "suppressions.lookup": [() => ({ body: { number: "+12125550123" } })],
  "tags.check": [() => ({ params: { id: CAMPAIGN }, file: file() })],
  "tags.submit": [
    () => ({ params: { id: CAMPAIGN }, file: file() }),
    () => ({ params: { id: CAMPAIGN }, query: { dryRun: true }, file: file() }),
    () => ({ params: { id: CAMPAIGN }, query: { column: ["nothing=x"] }, file: file() }),
  ],
  "tenant.gone": [() => ({ params: { kind: "campaign", id: "x" }, body: { reason: "gone" } })],
  "tenant.missing": [() => ({})],
  "tenant.probe": [() => ({})],
  "tenant.read": [
    () => ({ params: { operation: "listCampaigns" }, body: { parameters: ["pageSize=1"] } }),
    () => ({ params: { operation: "listCampaigns" }, body: { parameters: ["x"] } }),
    () => ({ params: { operation: "createCampaign" } }),
  ],
  "tenant.reads": [() => ({})],
  "tenant.smoke": [() => ({})],
  "compliance.abandonment": [() => ({ query: { campaign: CAMPAIGN } }), () => ({ query: { campaign: CAMPAIGN, at: "soon" } })],
  "compliance.explain": [
    () => ({ body: { number: "+12125550123", reveal: true } }),
    () => ({ body: { number: "+12125550123", facts: { dnc: { national: true } } } }),
    () => ({ body: { number: "12", callType: "prerecorded" } }),
  ],
  "compliance.gate": [
    // Nothing is known of a company's list: nobody may be dialed.
    () => ({ query: { campaign: CAMPAIGN, callType: "telemarketing" }, file: rows("number", "+12125550123") }),
    () => ({ query: { campaign: CAMPAIGN, callType: "none" }, file: rows("number") }),
  ],
  "compliance.acknowledge": [() => ({ params: { id: 1 }, body: { system: "none" } })],
  "compliance.manifest": [],
  "compliance.manifests": [() => ({})],
  "compliance.revocations": [() => ({}), () => ({ query: { open: true, reveal: true, limit: 2 } })],
  "compliance.revocationsOf": [
    () => ({ body: { number: "+12125550124" } }),
    () => ({ body: { number: "12" } }),
    () => ({ body: {} }),
  ],
  "consents.revoke": [
    () => ({ body: { number: "+12125550124", channel: "call", reveal: true } }),
    () => ({ body: { number: "12", channel: "call" } }),
  ],
  "facts.import": [
    () => ({ params: { kind: "lines" }, file: known() }),
    () => ({ params: { kind: "lines" }, file: known(), query: { name: "odd", column: ["number"] } }),
    () => ({ params: { kind: "consent" }, file: rows("") }),
    () => ({ params: { kind: "registry" }, file: rows("+12125550128") }),
  ],
  "facts.importLines": [
    () => ({ params: { kind: "lines" }, file: known() }),
    // Refused at its end, behind lines of the answer.
    () => ({ params: { kind: "lines" }, file: rows("number,line_type,date", ...Array<string>(30).fill("12,mobile,2026-01-05")) }),
    () => ({ params: { kind: "registry" }, query: { registry: "US", asOf: "2026-01-05" }, file: rows("phone") }),
  ],
  "facts.imports": [() => ({})],
  "suppressions.add": [
    () => ({ body: { number: "+12125550125", reason: "asked", reveal: true } }),
    () => ({ body: { number: "+12125550125", reason: " " } }),
  ],
  "suppressions.declareEmpty": [
    () => ({ body: { name: "Ann", reason: "first campaign" } }),
    () => ({ body: { name: " ", reason: "first campaign" } }),
  ],
  "suppressions.lift": [() => ({ body: { number: "+12125550125", reason: "a mistake", confirm: NEVER } })],
  "suppressions.pending": [() => ({})],
  "suppressions.previewLift": [() => ({ body: { number: "+12125550126", reason: "a mistake" } })],
  "webhooks.list": [() => ({})],
  "webhooks.register": [
    () => ({ body: { kind: "wfm", name: "ours", url: "https://example.test/in", token: "secret" } }),
    () => ({ body: { kind: "metrics", name: "ours", url: "https://example.test/in", retryPolicy: {} } }),
  ],
  "webhooks.remove": [],
};

/** Answered by a service only: what it has in memory, what its pages show, what a command does in its own process in another way. */
const SERVICE_ONLY: readonly string[] = [
  "approvals.approve",
  "approvals.list",
  "approvals.reject",
  "approvals.show",
  "attention.say",
  "calls.ofNumber",
  "campaigns.drill",
  "campaigns.health",
  "campaigns.list",
  "campaigns.names",
  "campaigns.pause",
  "campaigns.pauseSeveral",
  "campaigns.show",
  "campaigns.stop",
  "compliance.check",
  "compliance.pack",
  "compliance.verifyManifest",
  "events.stream",
  "health.dashboard",
  "health.show",
  "inbound.list",
  "inbound.replay",
  "outcomes.schedule",
  "packs.convert",
  "packs.diff",
  "packs.freshness",
  "packs.validate",
  "service.conditions",
  "service.setup",
  "session.close",
  "session.me",
  "session.open",
  "session.ways",
  "sessions.end",
  "sessions.list",
  "simulate.calibrate",
  "simulate.optimise",
  "simulate.run",
  "simulate.whatIf",
  "suppressions.list",
  "tables.pdf",
  "tokens.add",
  "tokens.list",
  "tokens.revoke",
];

const ROUTES = describedRoutes();
const byId = new Map(ROUTES.map((one) => [one.id as string, one]));

/** What differs from one asking to the next. */
const alike = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/"latencyMs":[\d.]+/g, '"latencyMs":0')
    // The audit log, which has grown by the entry of the first asking.
    .replaceAll(/"size":\d+,"root":"[\w+/=]+"|"root":"[\w+/=]+","size":\d+/g, "ROOT")
    .replaceAll(/"checkpoints":\d+,"seals"|"state":"fits","size":\d+/g, "COUNT")
    // What is made of the log, which has grown.
    .replaceAll(/"(signature|sha256)":"[^"]*"/g, '"$1":""')
    .replaceAll(/"(entries|size)":\d+/g, '"$1":0')
    .replaceAll(/\b(job|gate|intent|evt|imp)_[0-9a-z]{20}/g, "$1");

async function answerOf(door: ApiClient<HereOperation>, id: HereOperation, given: Given): Promise<string> {
  try {
    const asked = given as never;
    const { line, reply, replyTypes } = byId.get(id) ?? {};
    if (line !== undefined) return alike(await Array.fromAsync(door.lines(id, asked)));
    if (reply !== undefined && replyTypes?.[0] === "application/json") return alike(await door.ask(id, asked));
    const { headers, bytes } = await door.file(id, asked);
    // The log has grown since, and what is signed with it.
    return alike([headers.get("outdial-calls"), (await buffer(bytes)).byteLength > 0]);
  } catch (thrown) {
    if (!(thrown instanceof OutdialError)) throw thrown;
    // The places of mistakes are a member of their own over HTTP; the message has them, too.
    const { problems: _, ...details } = thrown.details;
    return alike({ code: thrown.code, message: thrown.message, details });
  }
}

async function audited(since: number): Promise<readonly string[]> {
  const entries = await at.service.store.audit.list({ limit: 1000, after: since });
  // What the service adds of a request itself.
  const own = entries.filter(({ action }) => !action.startsWith("api."));
  return own.map(({ action, actor, subject, details }) => alike({ action, actor, subject, details }));
}
const lastEntry = async () => (await at.service.store.audit.list({ limit: 1, newestFirst: true }))[0]?.seq ?? 0;

test("every operation has a case, or is said to be a service's alone", () => {
  const known = [...Object.keys(CASES), ...SERVICE_ONLY].sort();
  expect(known).toEqual([...byId.keys()].sort());
});

test("every answer of lines is counted at its end when that is asked for: without that it would be called cut off", () => {
  expect(ROUTES.filter(({ line, query }) => line !== undefined && query?.shape["end"] === undefined)).toEqual([]);
});

test.each(Object.keys(CASES) as HereOperation[])("%s", async (id) => {
  const { params, upload } = byId.get(id) ?? {};
  const nothing = () => ({ params: Object.fromEntries(Object.keys(params?.shape ?? {}).map((name) => [name, "none"])) });
  // Without a file HTTP says which media types there are.
  for (const given of [...(upload === undefined ? [nothing] : []), ...CASES[id]]) {
    const found: Record<string, unknown> = {};
    for (const door of ["there", "here"] as const) {
      const since = await lastEntry();
      found[door] = [await answerOf(doors[door], id, given()), await audited(since)];
    }
    expect(found["here"]).toEqual(found["there"]);
  }
});
