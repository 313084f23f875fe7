// The jobs of outdial on a tenant of the profile `acd`, over the sandbox's two dialects of one world: what one of them does, the other one shows.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOutcomes } from "../../../src/app/index.ts";
import { GroupKeeper } from "../../../src/operations/index.ts";
import { openStore, type Retrieval } from "../../../src/store/index.ts";
import { type AcdTenant, createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { type CallRow, createTenant, systemClock, type Tenant } from "../../../src/tenant/index.ts";
import { collect } from "../../support/collect.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { until } from "../../support/until.ts";
import { UNLIMITED_ACD as OFF, type StartedWorld, startWorld } from "../../support/world.ts";

const SKILL = "4001";
const CAMPAIGN = "camp_primary_001";
const DAY_MS = 86_400_000;

let world: StartedWorld;
let acd: AcdTenant;
let rest: Tenant;
/** Two whole days of the past, by the tenant's clock. */
let window: { readonly startDateTime: string; readonly endDateTime: string };
beforeAll(async () => {
  world = await startWorld({ yaml: `limits: ${JSON.stringify(OFF)}\n` });
  const { CXONE_CLIENT_ID: clientId = "", CXONE_CLIENT_SECRET: clientSecret = "" } = world.environment;
  const credentials = { accessKeyId: clientId, accessKeySecret: clientSecret };
  acd = createAcdTenant({ issuer: world.url, credentials, limits: OFF, contactFields: { consent: "consent.call" } });
  rest = createTenant({
    hosts: world.url,
    token: { auth: "basic" },
    credentials: { clientId, clientSecret },
    limits: { "outbound-read": "off", campaigns: "off" },
  });
  const now = Date.parse((await acd.request("getServerTime", {})).reply.ServerTime);
  const [from, to] = [now - 3 * DAY_MS, now - DAY_MS];
  window = { startDateTime: new Date(from).toISOString(), endDateTime: new Date(to).toISOString() };
});
afterAll(async () => {
  await acd.close();
  await rest.close();
  await world[Symbol.asyncDispose]();
});

/** The environment of the profile. */
function environmentOf(): Readonly<Record<string, string>> {
  const { CXONE_CLIENT_ID: id = "", CXONE_CLIENT_SECRET: secret = "", ...others } = world.environment;
  return { ...others, OUTDIAL_PROFILE: "acd", CXONE_ACCESS_KEY_ID: id, CXONE_ACCESS_KEY_SECRET: secret };
}

/** Runs a command on the profile. */
async function run(args: readonly string[]) {
  const { code, stdout, stderr } = await world.run(args, { env: environmentOf() });
  return { code, stdout, said: stdout + stderr };
}

test("campaigns are the skills that dial, with their lists and states", async () => {
  const skills = await collect(acd.capabilities.campaignProvisioning.campaigns());
  const campaigns = await collect(rest.capabilities.campaignProvisioning.campaigns());
  expect(skills.map(({ name, status }) => [name, status])).toEqual(campaigns.map(({ name, status }) => [name, status]));
  expect(skills[0]?.contactListId).toBe("501");
  await expect(acd.capabilities.campaignRunner.status("9999")).rejects.toMatchObject({ code: "not_found" });
});

test("a campaign that is stopped in one dialect is seen stopped in the other, and stopping it again is 'already'", async () => {
  const pause = await run(["campaign", "pause", SKILL, "--yes", "--timeout", "1s", "--json"]);
  // 4: it is stopped, and calls under way may still end.
  expect([0, 4]).toContain(pause.code);
  await until(async () => (await rest.campaigns.get(CAMPAIGN)).status === "paused");
  expect((await acd.capabilities.campaignRunner.setStatus(SKILL, "paused")).already).toBe(true);
  expect((await acd.capabilities.campaignRunner.setStatus(SKILL, "active")).already).toBe(false);
  await until(async () => (await rest.campaigns.get(CAMPAIGN)).status === "active");
  expect((await acd.capabilities.campaignRunner.setStatus(SKILL, "active")).already).toBe(true);
  await expect(acd.capabilities.campaignRunner.setStatus("9999", "paused")).rejects.toMatchObject({ code: "not_found" });
});

test("a pause says that it paused what it stopped: when its reply was lost, and while the stop is not in force yet", async () => {
  const { control } = world.sandbox;
  control.faults.add({ match: { acd: "stopSkill" }, times: 1, effect: { acceptThenFail: true } });
  const lost = await run(["campaign", "pause", SKILL, "--timeout", "5s"]);
  expect(lost.said).toMatch(new RegExp(`^${SKILL} paused, (confirmed|not confirmed: .+)$`, "m"));
  expect(lost.said).not.toContain("already");
  await acd.capabilities.campaignRunner.setStatus(SKILL, "active");
  await until(async () => (await acd.capabilities.campaignRunner.status(SKILL)).status === "active");
  control.clearRequests();
  const all = await run(["campaign", "pause", "--all", "--timeout", "5s"]);
  expect(all.said).toMatch(new RegExp(`^${SKILL} paused, (confirmed|not confirmed: .+)$`, "m"));
  const stops = control.requests().filter(({ path }) => path.endsWith(`/skills/${SKILL}/stop`));
  expect(stops.map(({ status }) => status)).toEqual([202]);
  await acd.capabilities.campaignRunner.setStatus(SKILL, "active");
  await until(async () => (await acd.capabilities.campaignRunner.status(SKILL)).status === "active");
});

const seconds = (text: string | undefined) => Math.round(Date.parse(text ?? "") / 1000);
const outcomeOf = ({ startTime, dispositionCode }: CallRow) => `${startTime} ${dispositionCode ?? ""}`;

test("the same calls with the same outcomes, in pages that can be gone on with from any of them", async () => {
  const ours = await collect(acd.capabilities.outcomeSource.calls({ campaignId: SKILL, ...window }));
  const theirs = await collect(rest.capabilities.outcomeSource.calls({ campaignId: CAMPAIGN, ...window }));
  expect(ours.map(outcomeOf).sort()).toEqual(theirs.map(outcomeOf).sort());
  expect(new Set(ours.map(({ id }) => id)).size).toBe(ours.length);
  expect(new Set(ours.map(({ side }) => side))).toEqual(new Set(["both", "attempts"]));
  expect(ours.every(({ startTime, endTime }) => seconds(endTime) >= seconds(startTime))).toBe(true);

  const seen: string[] = [];
  let nextPageToken: string | undefined;
  do {
    // One page at a time, each from the token of the one before, as a retrieval that was killed goes on.
    const asked = { campaignId: SKILL, ...window, limit: 300, ...(nextPageToken !== undefined && { nextPageToken }) };
    const { value: page } = await acd.capabilities.outcomeSource.calls(asked).pages().next();
    seen.push(...((page?.items ?? []) as CallRow[]).map(({ id }) => id));
    nextPageToken = page?.nextToken;
  } while (nextPageToken !== undefined);
  expect(seen.sort()).toEqual(ours.map(({ id }) => id).sort());
});

test("outcomes are brought home and reported", async () => {
  const { startDateTime: from, endDateTime: to } = window;
  const pulled = await run(["outcomes", "pull", "--campaign", SKILL, "--from", from, "--to", to, "--json"]);
  expect(pulled.code).toBe(0);
  expect(JSON.parse(pulled.stdout)).toMatchObject({ retrieval: { status: "done", quarantined: {} } });
  const theirs = await collect(rest.capabilities.outcomeSource.calls({ campaignId: CAMPAIGN, ...window }));
  const exported = await run(["outcomes", "export", "--format", "ndjson", "--campaign", SKILL]);
  expect(exported.stdout.trim().split("\n")).toHaveLength(theirs.length);
  const [entry] = await world.query<{ details: { profile: string } }>(
    "select details::json as details from outdial.audit where action = 'outcomes.retrieved'",
  );
  expect(entry?.details.profile).toBe("acd");
  const reported = await run(["outcomes", "report", "--from", from, "--to", to, "--format", "json"]);
  expect(JSON.parse(reported.stdout)).toMatchObject({ calls: theirs.length, scope: { profile: "acd" } });
});

test("a schedule finds what changed late before its overlap, and the second version is in the lake and the report", async () => {
  const hour = 3_600_000;
  const environment = environmentOf();
  await using runtime = await openOutcomes({}, environment, { warn: () => undefined, limits: "off", deliver: false });
  await runtime.known.setSchedules([SKILL], { limit: 1000, lastMs: 3 * DAY_MS }, { everyMs: 1, overlapMs: hour, by: "ann" });
  const runs: Retrieval[] = [];
  let changed: { readonly callId: string; readonly startTime: number; readonly dispositionCode: string } | undefined;
  await runtime.runSchedules({
    onRun: async (one) => {
      if ("failed" in one) throw one.failed;
      runs.push(one.retrieval);
      const [first] = runs;
      if (runs.length > 1 && one.retrieval.from === (first?.to ?? 0) - hour) runtime.interrupt();
      if (runs.length > 1) return;
      // Somebody corrects a call of more than a day ago.
      const { from, to } = one.retrieval;
      const kept = await collect(runtime.lake.records({ campaignId: SKILL, from, to: to - 1.5 * DAY_MS }));
      changed = kept.find(({ agentId, dispositionCode }) => agentId !== undefined && dispositionCode !== "DISP_005");
      const theirs = await collect(
        rest.capabilities.outcomeSource.calls({ campaignId: CAMPAIGN, ...window, startDateTime: new Date(from).toISOString() }),
      );
      const same = theirs.find(({ startTime }) => Date.parse(startTime ?? "") === changed?.startTime);
      const assignment = { dispositionCodeId: "DISP_005", reasonCodeId: "REASON_009", notes: "late" };
      expect(await rest.capabilities.dispositionWriter.assign(same?.id ?? "", assignment)).toMatchObject({ result: "stored" });
    },
  });
  // The days with changes are read again, each whole, and then what the schedule asks for.
  const [first, ...late] = runs.slice(0, -1);
  expect(late.every(({ to }) => to <= (first?.to ?? 0) - hour)).toBe(true);
  expect(late.some(({ from, to }) => from <= (changed?.startTime ?? 0) && (changed?.startTime ?? 0) < to)).toBe(true);
  const versions = await runtime.lake.query(`SELECT disposition_code AS code FROM calls WHERE call_id = '${changed?.callId}'`);
  expect(versions).toEqual([{ code: "DISP_005" }]);
  const [start, end] = [0, 1].map((ms) => new Date((changed?.startTime ?? 0) + ms).toISOString());
  const told = await run([
    "outcomes",
    "report",
    "--campaign",
    SKILL,
    "--from",
    start ?? "",
    "--to",
    end ?? "",
    "--format",
    "json",
  ]);
  expect(JSON.parse(told.stdout)).toMatchObject({ calls: 1, unmapped: { codes: [{ code: "DISP_005", calls: 1 }] } });
  await runtime.store.retrievalSchedules.remove(SKILL);
});

test("a dry run reaches as far back as the tenant, and no further", async () => {
  const dry = (days: number) =>
    run(["outcomes", "pull", "--campaign", SKILL, "--from", new Date(Date.now() - days * DAY_MS).toISOString(), "--dry-run"]);
  expect((await dry(400)).code).toBe(0);
  expect((await dry(800)).said).toContain("the vendor keeps calls for 730 days");
});

test("figures come from the dialer's statistics, with the counts behind the rates", async () => {
  const figures = await acd.capabilities.metricsSource.campaign(SKILL, 20);
  expect(figures).toMatchObject({ campaignId: SKILL, windowMinutes: 30 });
  const {
    callsPlaced = 0,
    successRate,
    success,
  } = figures as typeof figures & { success: { numerator: number; denominator: number } };
  expect(success.denominator).toBe(callsPlaced);
  if (callsPlaced !== null && callsPlaced > 0) expect(successRate).toBe(success.numerator / success.denominator);
  expect((await run(["campaign", "status", "--json"])).code).toBe(0);
});

test("a plan reaches as many contacts as the tenant counts on the list, and looks at their places over the whole of it", async () => {
  await writeFile(
    join(world.folder, "hours.json"),
    JSON.stringify({ name: "Spring renewals", id: "4001", contactListId: "501" }),
  );
  const { stdout } = await run(["campaign", "plan", "hours.json", "--json"]);
  const { entries, notices } = JSON.parse(stdout) as {
    entries: { blast: { contacts: number; contactsRead: number } }[];
    notices: string[];
  };
  const [{ blast } = { blast: { contacts: 0, contactsRead: 0 } }] = entries;
  expect([blast.contacts > 5_000, blast.contactsRead > 500]).toEqual([true, true]);
  expect(notices).toContain(`of the ${blast.contacts} contacts of list 501 the places of ${blast.contactsRead} were looked at`);
});

test("contacts carry consent only from the field that the operator named", async () => {
  const asked = { page: 1, pageSize: 50 };
  const { value: page } = await acd.capabilities.contactSource.contacts("501", asked).pages().next();
  // Those that were called meanwhile are no open records any more: the other side shows many more.
  const theirs: unknown[] = [];
  for await (const { items, number } of rest.capabilities.contactSource
    .contacts("list_12345", { query: "true", pageSize: 100 })
    .pages()) {
    theirs.push(...items);
    if (number === 20) break;
  }
  const consent = (items: readonly unknown[] = []) =>
    (items as { id: string; consentFlags?: { outbound?: { call?: boolean } } }[]).map(
      (one) => [one.id, one.consentFlags?.outbound?.call === true] as const,
    );
  const flags = new Map(consent(theirs));
  const both = consent(page?.items).filter(([id]) => flags.has(id));
  expect(both.length).toBeGreaterThan(40);
  for (const [id, may] of both) expect([id, may]).toEqual([id, flags.get(id)]);
  const { CXONE_CLIENT_ID: accessKeyId = "", CXONE_CLIENT_SECRET: accessKeySecret = "" } = world.environment;
  const unnamed = createAcdTenant({ issuer: world.url, credentials: { accessKeyId, accessKeySecret }, limits: OFF });
  const { value: silent } = await unnamed.capabilities.contactSource.contacts("501", asked).pages().next();
  await unnamed.close();
  expect(consent(silent?.items).every(([, may]) => !may)).toBe(true);
  // Nor does the command line say that nobody consented without saying what is not named.
  const segment = await run(["contacts", "segment", "501"]);
  expect([segment.code, segment.stdout]).toEqual([
    3,
    expect.stringMatching(/^no contact has consentFlags\.outbound\.call; name the field .*tenant\.acd\.consentField/m),
  ]);
});

test("pacing of a skill: a hash as lock, in force at once, read back, and put back", async () => {
  const { pacingSettings: pacing } = acd.capabilities;
  const before = await pacing.read(SKILL);
  const { vendor: _, ...document } = before.value as unknown as Parameters<typeof pacing.activate>[1] & { vendor: unknown };
  const changed = { ...document, algorithm: { ...document.algorithm, dial_ratio: 2.7, warm_line_timeout_sec: 1 } };
  const { operationId, versionTag } = await pacing.activate(SKILL, changed, before.lock?.tag);
  expect(await pacing.progress(operationId)).toEqual({ status: "COMPLETED", versionTag });
  const after = await pacing.read(SKILL);
  // Whole numbers only: rounded down.
  expect(after.value).toMatchObject({ algorithm: { dial_ratio: 2, warm_line_timeout_sec: 1 } });
  await expect(pacing.activate(SKILL, changed, before.lock?.tag)).rejects.toMatchObject({ code: "stale_lock" });
  await expect(
    pacing.activate(SKILL, { ...changed, algorithm: { ...changed.algorithm, dial_ratio: 9 } }, after.lock?.tag),
  ).rejects.toMatchObject({ code: "refused" });
  await pacing.activate(SKILL, document, after.lock?.tag);
  expect((await pacing.read(SKILL)).lock?.tag).toBe(before.lock?.tag);
  await expect(pacing.read(undefined)).rejects.toMatchObject({ code: "invalid_request" });
});

test("settings of a skill are applied, verified and taken back like a tenant's", async () => {
  // How many agents there may be is how many are assigned.
  await acd.request("assignSkillAgents", {
    path: { skillId: SKILL },
    body: { agents: [{ agentId: "5001" }, { agentId: "5002" }] },
  });
  const unnamed = await run(["dialer", "show", "--json"]);
  expect(JSON.parse(unnamed.stdout)).toMatchObject({ settings: null, choose: [{ id: SKILL }, { id: "4002" }] });
  expect(unnamed.said).toContain("settings are per campaign on this profile");
  const shown = await run(["dialer", "show", "--campaign", SKILL, "--json"]);
  const { vendor: _, ...settings } = JSON.parse(shown.stdout) as { vendor: unknown; algorithm: Record<string, number> };
  const file = join(world.folder, "settings.yaml");
  const wanted = { ...settings, algorithm: { ...settings.algorithm, warm_line_timeout_sec: 1 } };
  await writeFile(file, JSON.stringify({ ...wanted, carrier_capacity: { max_trunks: 500 } }));
  const applied = await run([
    "dialer",
    "apply",
    file,
    "--campaign",
    SKILL,
    "--yes",
    "--override-gate",
    "predicted_abandonment",
    "--json",
  ]);
  expect([applied.code, applied.said]).toEqual([0, expect.any(String)]);
  expect((await acd.request("getCpa", { path: { skillId: SKILL } })).reply.abandonTimeout).toBe(1);
  const back = await run([
    "dialer",
    "rollback",
    "--campaign",
    SKILL,
    "--yes",
    "--override-gate",
    "predicted_abandonment",
    "--json",
  ]);
  expect([back.code, back.said]).toEqual([0, expect.any(String)]);
  expect((await acd.request("getCpa", { path: { skillId: SKILL } })).reply.abandonTimeout).toBe(2);
  const other = await run(["dialer", "rollback", "--campaign", "4002", "--yes"]);
  expect(other.said).toContain("there is no change to roll back");
});

test("what nothing writes is refused by every check, field by field; without agents the pacing changes all the same", async () => {
  const file = join(world.folder, "pacing.yaml");
  const carrier = "carrier_capacity: { max_trunks: 1000 }\n";
  await writeFile(
    file,
    `name: Evening
concurrency: { max_agents: 50, max_simultaneous_calls: 140, call_spacing_ms: 150 }
algorithm: { type: predictive, abandonment_rate_target: 0.025, agent_availability_estimate: 0.85, dial_ratio: 9 }
${carrier}`,
  );
  const of = [file, "--campaign", "4002"];
  world.sandbox.control.clearRequests();
  const checks = [
    await run(["dialer", "validate", ...of]),
    await run(["dialer", "apply", ...of, "--dry-run"]),
    await run(["dialer", "apply", ...of, "--yes"]),
  ];
  for (const { code, said } of checks) {
    expect([code, said]).toEqual([3, expect.any(String)]);
    expect(said).toContain("concurrency.max_agents: 50 cannot be written on this profile: it is how many agents are assigned");
    expect(said).toContain("0 is shown; leave it out or say 0");
    for (const path of ["name", "concurrency.max_simultaneous_calls", "concurrency.call_spacing_ms"])
      expect(said).toContain(`${path}: `);
    expect(said).toContain("algorithm.agent_availability_estimate: 0.85 cannot be written");
    expect(said).toContain("algorithm.dial_ratio: 9 is outside 1 to 3");
    expect(said).not.toContain("the tenant refused");
  }
  expect(world.sandbox.control.requests().filter(({ method }) => method === "PUT")).toEqual([]);
  expect(await world.query("select version from outdial.dialer_changes where kind = 'apply' and subject = '4002'")).toEqual([]);

  // What the tenant would round is said by every look, before anything is sent.
  await writeFile(file, `algorithm: { type: predictive, abandonment_rate_target: 0.02, dial_ratio: 2.7 }\n${carrier}`);
  for (const look of [
    ["validate", ...of],
    ["apply", ...of, "--dry-run"],
  ])
    expect((await run(["dialer", ...look])).said).toContain("algorithm.dial_ratio: the tenant keeps 2.7 as 2");
  await writeFile(file, `algorithm: { type: predictive, abandonment_rate_target: 0.02, dial_ratio: 2 }\n${carrier}`);
  const preview = await run(["dialer", "apply", ...of, "--dry-run"]);
  expect(preview.said).toContain("not simulated: no agents are assigned");
  expect(preview.said).not.toContain("max_agents  ");
  const unpredicted = await run(["dialer", "apply", ...of, "--yes"]);
  expect([unpredicted.code, unpredicted.said]).toEqual([3, expect.stringContaining("none are known to be signed in")]);
  const applied = await run(["dialer", "apply", ...of, "--yes", "--override-gate", "predicted_abandonment"]);
  expect([applied.code, applied.said]).toEqual([0, expect.stringContaining("applied")]);
  expect((await acd.request("getGeneralSettings", { path: { skillId: "4002" } })).reply.abandonRateThreshold).toBe(2);
  // Somebody who is assigned meanwhile is no change of what was applied.
  await acd.request("assignSkillAgents", { path: { skillId: "4002" }, body: { agents: [{ agentId: "5003" }] } });
  const back = await run(["dialer", "rollback", "--campaign", "4002", "--yes", "--override-gate", "predicted_abandonment"]);
  expect([back.code, back.said]).toEqual([0, expect.any(String)]);
});

test("dispositions of finished calls are refused with two ways instead, and neither of them changes one", async () => {
  const calls = (await collect(acd.capabilities.outcomeSource.calls({ campaignId: SKILL, ...window })))
    .filter(({ side }) => side === "both")
    .slice(0, 3);
  const file = join(world.folder, "corrections.csv");
  await writeFile(file, `call_id,disposition_code_id,notes\n${calls.map(({ id }) => `${id},DISP_001,corrected`).join("\n")}\n`);
  const dry = await run(["tag", file, "--campaign", SKILL, "--dry-run"]);
  for (const plain of [await run(["tag", file, "--campaign", SKILL]), dry]) {
    expect(plain.code).not.toBe(0);
    expect(plain.said).toContain("--instead tag");
    expect(plain.said).toContain("--instead record");
  }
  const dryRecord = await run(["tag", file, "--campaign", SKILL, "--dry-run", "--instead", "record"]);
  expect(dryRecord).toMatchObject({ code: 0, said: expect.stringContaining("sends nothing") });

  const dispositionsOf = () =>
    Promise.all(calls.map(({ id }) => acd.capabilities.callReader.show(id).then(({ disposition }) => disposition)));
  const before = await dispositionsOf();
  const tagged = await run(["tag", file, "--campaign", SKILL, "--instead", "tag", "--json"]);
  expect(tagged.said).not.toContain("stored");
  expect(JSON.parse(tagged.stdout)).toMatchObject({ job: { counts: { contact_tagged: 3 } } });
  expect(tagged.code).toBe(0);
  const recorded = await run(["tag", file, "--campaign", SKILL, "--instead", "record", "--json"]);
  expect(recorded.code).toBe(0);
  const unknown = ["tag", "--call", "999999999999", "--code", "DISP_001", "--campaign", SKILL, "--instead", "record", "--json"];
  const gone = await run(unknown);
  expect(JSON.parse(gone.stdout)).toMatchObject({ job: { counts: { not_found: 1 } } });
  // Of one call the reason is told, not the count alone.
  expect(gone.said).toContain("Invalid contactId");
  expect(await dispositionsOf()).toEqual(before);
  const seen = await run(["interaction", "show", calls[0]?.id ?? "", "--json"]);
  expect(JSON.parse(seen.stdout)).toMatchObject({ dispositions: [{ code: before[0]?.dispositionCodeId }] });
  const correction = await run(["interaction", "disposition", calls[0]?.id ?? "", "--code", "DISP_001", "--agent", "5001"]);
  expect(correction).toMatchObject({ code: 3, said: expect.stringContaining("does not change after its end") });
  const shown = await Promise.all(calls.map(({ id }) => acd.request("getContact", { path: { contactId: id } })));
  for (const { reply } of shown) expect(reply?.tags).toMatchObject([{ tagName: "outdial:DISP_001" }]);
  const items = await world.query("select result, count(*)::int as count from outdial.job_items group by 1 order by 1");
  expect(items).toEqual([
    { result: "contact_tagged", count: 3 },
    { result: "not_found", count: 1 },
    { result: "recorded", count: 3 },
  ]);
  const actions = await world.query<{ action: string }>(
    "select distinct action from outdial.audit where action in ('call.tag', 'disposition.record', 'disposition.assign') order by 1",
  );
  expect(actions.map(({ action }) => action)).toEqual(["call.tag", "disposition.record"]);
  expect((await acd.request("listTags", { query: { searchString: "outdial:" } })).reply?.tags).toHaveLength(1);
});

test("the company's do-not-call list is compared with the tenant's groups, brought over, and proven by the tenant's search", async () => {
  const made = await acd.request("createDncGroup", { body: { dncGroupName: "Company" } });
  const groupId = made.reply.dncGroups[0]?.dncGroupId ?? "";
  await acd.request("addScrubbedSkill", { path: { groupId, skillId: SKILL } });
  const theirs = { dncGroupRecords: [{ phoneNumber: "2125550111" }, { phoneNumber: "2125550112" }] };
  await acd.request("addDncRecords", { path: { groupId }, body: theirs });
  for (const number of ["+12125550111", "+18012440005"]) await run(["dnc", "add", number, "--reason", "asked"]);
  const compared = await run(["dnc", "compare", "--campaign", SKILL, "--json"]);
  expect(compared.code).toBe(3);
  expect(JSON.parse(compared.stdout)).toMatchObject({
    groups: [{ id: groupId, numbers: 2 }],
    suppressed: 2,
    missing: 1,
    theirs: 1,
  });
  const pushed = await run(["dnc", "push", "--campaign", SKILL, "--json"]);
  // One empty answer about callbacks proves nothing; the next one will.
  expect([pushed.code, pushed.stdout]).toEqual([0, expect.stringContaining("is not known")]);
  expect(JSON.parse(pushed.stdout)).toMatchObject({ group: groupId, added: 1, proven: 1, unproven: 0 });
  expect((await acd.request("searchDnc", { query: { phoneNumber: "+1 (801) 244-0005" } })).reply?.searchResults).toHaveLength(1);
  const again = await run(["dnc", "push", "--campaign", SKILL, "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ missing: 0, added: 0 });
  const none = await run(["dnc", "push", "--campaign", "4002"]);
  expect([none.code, none.said]).toEqual([expect.any(Number), expect.stringContaining("obeys no do-not-call group")]);
  const entries = await world.query(
    "select action, details::json as details from outdial.audit where action in ('dnc.push', 'dnc.pushed') order by seq limit 2",
  );
  expect(entries).toMatchObject([
    { action: "dnc.push", details: { group: groupId, missing: 1 } },
    { action: "dnc.pushed", details: { group: groupId, missing: 1, proven: 1, profile: "acd" } },
  ]);

  // A service keeps the group that is named up to the list while campaigns dial. Callbacks of each campaign were listed before.
  for (const { id } of await collect(acd.capabilities.campaignProvisioning.campaigns()))
    await run(["callbacks", "list", "--campaign", id]);
  const store = await openStore({ dir: join(world.folder, ".outdial"), url: world.databaseUrl, clock: systemClock });
  const named = createAcdTenant({
    issuer: world.url,
    credentials: world.sandbox.accessKey,
    limits: OFF,
    doNotCallGroup: groupId,
  });
  let now = Date.now() + 60_000;
  const clock = { ...systemClock, now: () => now };
  let keeper = new GroupKeeper({ store, tenant: named, clock, actor: "service" });
  const holds = async (phoneNumber: string) =>
    ((await acd.request("searchDnc", { query: { phoneNumber } })).reply?.searchResults ?? []).length === 1;
  // What came while nobody looked, through a campaign that dials and obeys the group.
  await run(["dnc", "add", "+12125550113", "--reason", "asked"]);
  // The comparison before has shown which campaigns dial.
  expect(await keeper.look()).toBe(1);
  expect(await keeper.look()).toBe(0);
  await run(["dnc", "add", "+12125550114", "--reason", "asked"]);
  expect([await holds("2125550113"), await holds("2125550114")]).toEqual([true, false]);
  world.sandbox.control.faults.add({ match: { acd: "addDncRecords" }, times: 1, effect: { status: 409 } });
  await expect(keeper.look()).rejects.toThrow();
  expect(await keeper.look()).toBe(1);
  expect([await holds("2125550114"), await keeper.look()]).toEqual([true, 0]);

  // Who opts out also leaves the lists, with the callbacks that the tenant would place by itself.
  const onList = async () => await collect(acd.capabilities.contactSource.contacts("501"));
  const [person, other] = await onList();
  const phoneNumber = person?.phoneNumber ?? "";
  const draft = { firstName: "Ann", lastName: "Lee", skillId: SKILL, scheduleDate: new Date(Date.now() + DAY_MS).toISOString() };
  for (const one of [phoneNumber, other?.phoneNumber ?? ""])
    await acd.request("createCallback", { body: { ...draft, phoneNumber: one } });
  await run(["dnc", "add", `+1${phoneNumber}`, "--reason", "asked"]);
  world.sandbox.control.faults.add({ match: { acd: "removeProspects" }, times: 1, effect: { status: 409 } });
  const needs = async () => {
    const { items } = JSON.parse((await run(["attention", "--json"])).stdout) as { items: readonly { code: string }[] };
    return items.filter(({ code }) => code === "opt_out_not_carried_out");
  };
  expect(await needs()).toEqual([]);
  await expect(keeper.look()).rejects.toThrow("still on the tenant's lists");
  expect(await needs()).toMatchObject([{ evidence: [expect.stringContaining("still on the tenant's lists")] }]);
  expect((await onList()).map(({ id }) => id)).toContain(person?.id);
  // It ends, and a later process goes on with it.
  keeper = new GroupKeeper({ store, tenant: named, clock, actor: "service" });
  await keeper.look();
  expect(await needs()).toEqual([]);
  expect((await onList()).map(({ id }) => id)).not.toContain(person?.id);
  expect((await onList()).map(({ id }) => id)).toContain(other?.id);
  const due = (await acd.request("listSkillCallbacks", { path: { skillId: SKILL } })).reply?.callbacks ?? [];
  expect(due.map(({ dialNumber }) => dialNumber)).toEqual([other?.phoneNumber]);
  for (const { callbackId } of due) await run(["callbacks", "delete", callbackId, "--reason", "the test's own"]);

  // The tenant's administrators may take the group away from a campaign that dials, or end it.
  const missing = async () => (await store.tenantReadings.find({ what: "do-not-call", subject: SKILL }))?.value;
  expect([await keeper.unheld(), await missing()]).toMatchObject([[], { missing: 0 }]);
  await acd.request("removeScrubbedSkill", { path: { groupId, skillId: SKILL } });
  expect(await keeper.unheld()).toBe(undefined);
  now += 60_000;
  const words = expect.stringMatching(
    new RegExp(`does not obey the tenant's do-not-call group ${groupId}.* may be called`),
  ) as string;
  expect([await keeper.unheld(), await missing()]).toMatchObject([[words], { missing: 5, group: groupId, since: now }]);
  // It is told since when it is so, and another process goes on a minute after one that began a check and stands still.
  const since = now;
  now += 60_000;
  const groups = named.capabilities.doNotCallGroups;
  const began = Promise.withResolvers<void>();
  const standsStill = new GroupKeeper({
    store,
    tenant: {
      ...named,
      capabilities: {
        ...named.capabilities,
        doNotCallGroups: {
          ...groups,
          obeying: () => {
            began.resolve();
            return new Promise(() => undefined);
          },
        },
      },
    },
    clock,
    actor: "another service",
  });
  void standsStill.unheld();
  await began.promise;
  expect(await keeper.unheld()).toBe(undefined);
  now += 60_000;
  expect([await keeper.unheld(), await missing()]).toMatchObject([[words], { missing: 5, since }]);
  await acd.request("addScrubbedSkill", { path: { groupId, skillId: SKILL } });
  now += 60_000;
  expect([await keeper.unheld(), await missing()]).toMatchObject([[], { missing: 0 }]);
  await acd.request("updateDncGroup", { path: { groupId }, query: { isActive: false } });
  now += 60_000;
  expect([await keeper.unheld(), await missing()]).toMatchObject([[words], { missing: 5, group: groupId }]);
  await named.close();
  await store.close();
});

test("callbacks that the tenant will place are seen and taken away, with the reason", async () => {
  const due = new Date(Date.now() + DAY_MS).toISOString();
  const draft = { firstName: "Ann", lastName: "Lee", phoneNumber: "8012440005", skillId: SKILL, scheduleDate: due };
  const { reply } = await acd.request("createCallback", { body: draft });
  const listed = await run(["callbacks", "list", "--campaign", SKILL, "--json"]);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    items: [{ id: reply.callbackId, phoneNumber: "8012440005", name: "Ann Lee" }],
  });
  for (const already of [false, true]) {
    const removed = await run(["callbacks", "delete", reply.callbackId, "--reason", "asked not to be called", "--json"]);
    expect([removed.code, JSON.parse(removed.stdout)]).toEqual([already ? 1 : 0, { id: reply.callbackId, already }]);
  }
  // A mistyped id is no success: the callback that was meant is placed.
  const mistyped = await run(["callbacks", "delete", "987654", "--reason", "wrong"]);
  expect(mistyped).toMatchObject({ code: 1, stdout: expect.stringContaining("no open callback 987654") });
  expect((await acd.request("listSkillCallbacks", { path: { skillId: SKILL } })).reply?.callbacks).toEqual([]);
});

test("what the profile cannot do is refused before anything is planned", async () => {
  const made = await run(["dialer", "create-campaign", "examples/dialer-settings.yaml", "--yes"]);
  expect(made).toMatchObject({ code: 3, said: expect.stringMatching(/campaign plan and apply make the campaign/) });
  const { code, said } = await run(["webhooks", "vendor"]);
  expect(code).not.toBe(0);
  expect(said).toContain("this tenant cannot");
});

test("who changed a campaign or a code is read from the tenant; a skill has no such history, and the refusal says so", async () => {
  const { reply } = await acd.request("listCampaigns", {});
  const { id: campaignId = "", name = "" } = reply.campaigns[0] ?? {};
  for (const description of ["first", "second"])
    await acd.request("updateCampaign", { path: { campaignId }, body: { name, description } });
  const { code, stdout } = await run(["dialer", "audit", "--entity", "campaign", "--format", "json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).rows).toMatchObject([
    { entity: "campaign", id: campaignId, columnName: "description", newValue: expect.stringMatching(/first|second/) },
    { columnName: "description" },
  ]);
  expect((await run(["dialer", "audit", "--entity", "disposition"])).code).toBe(0);
  const refused = await run(["dialer", "audit"]);
  expect(refused).toMatchObject({ code: 3, said: expect.stringMatching(/only campaign and disposition have one/) });
});

test("dials that are too old for the lists come from the report of all attempts, as they were; what changes late is found by its day", async () => {
  await using old = await startSandbox({
    clock: "frozen",
    scenario: {
      campaigns: [
        {
          id: "camp_old",
          status: "paused",
          contactListId: "people",
          dispositionCodes: [{ id: "DISP_LATE", name: "Late", reasonCodes: [{ id: "R1", name: "Reason" }] }],
        },
      ],
      contactLists: [{ id: "people", generate: { count: 40, consentRate: 1 } }],
      generateCalls: [{ campaignId: "camp_old", count: 40, days: 3, prefix: "call_", digits: 3 }],
      limits: "off",
    },
  });
  const { control } = old.sandbox;
  const clock = {
    now: () => Date.parse(control.clock().now),
    sleep: (ms: number) => control.advance(ms / 1000).then(() => undefined),
  };
  const tenant = createAcdTenant({ issuer: old.url, credentials: old.sandbox.accessKey, limits: OFF }, { clock });
  const { outcomeSource } = tenant.capabilities;
  const began = clock.now();
  const range = {
    campaignId: SKILL,
    startDateTime: new Date(began - 4 * DAY_MS).toISOString(),
    endDateTime: new Date(began).toISOString(),
  };
  const read = async (limit: number) => {
    const calls = await collect(outcomeSource.calls({ ...range, limit }));
    const told = calls.map(({ id, dispositionCode, startTime = "", phoneNumber }) => [
      id,
      dispositionCode,
      startTime.slice(0, 16),
      phoneNumber,
    ]);
    return {
      sides: [...new Set(calls.map(({ side }) => side))],
      told: told.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    };
  };
  const fresh = await read(1000);
  expect(fresh.told.length).toBeGreaterThan(20);

  // Nothing has changed in the last hour; then somebody changes the disposition of one call of two days ago.
  const changes = () => outcomeSource.changedDays?.(SKILL, { since: began - 3_600_000, before: began - 3_600_000 });
  const before = await changes();
  const late = control.calls(1000).find(({ startTime }) => Date.parse(startTime) < began - 1.5 * DAY_MS);
  const { clientId, clientSecret } = old.sandbox.ready;
  const guides = createTenant({ hosts: old.url, token: { auth: "basic" }, credentials: { clientId, clientSecret } }, { clock });
  const assignment = { dispositionCodeId: "DISP_LATE", reasonCodeId: "R1", notes: "late" };
  expect(await guides.capabilities.dispositionWriter.assign(late?.id ?? "", assignment)).toMatchObject({ result: "stored" });
  await guides.close();
  const day = Math.floor(Date.parse(late?.startTime ?? "") / DAY_MS) * DAY_MS;
  expect((await changes())?.filter((one) => before?.includes(one) !== true)).toEqual([day]);

  const known = await read(1000);
  // Lists keep their dials for 30 days; what an agent handled is still among the completed contacts.
  for (const days of [40, 60]) {
    await control.advance((days * DAY_MS) / 1000);
    const reported = await read(7);
    expect(new Set(reported.sides)).toEqual(new Set(["both", "report"]));
    expect(reported.told).toEqual(known.told);
  }
  await tenant.close();
});
