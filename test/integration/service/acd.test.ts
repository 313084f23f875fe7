// The service over a tenant of the profile `acd`.

import { afterAll, beforeAll, expect, test } from "vitest";
import { AcdClient } from "../../clients/acd-client.ts";
import { documentedBy } from "../../support/documented.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const DIFFERENCE = "3 of 3 numbers of the company's list are not in Company: outdial dnc push --campaign 4002";

let at: StartedService;
let vendor: AcdClient;
beforeAll(async () => {
  at = await startService({
    profile: "acd",
    yaml: "dialer: { activation: { first: 50ms, most: 200ms, looks: 500 } }\n",
    sandbox: {
      scenario: {
        campaigns: [
          { id: "first", contactListId: "people", status: "paused" },
          { id: "second", contactListId: "people", status: "paused" },
        ],
        contactLists: [{ id: "people", generate: { count: 20, consentRate: 1 } }],
      },
    },
  });
  const { accessKeyId: id, accessKeySecret: secret } = at.sandbox.accessKey;
  vendor = new AcdClient((url, init) => at.sandbox.fetch(url, init), "http://tenant.localhost", { id, secret }, 33);
  await vendor.logIn();
  await until(async () => ((await at.get("/api/v1/campaigns"))["items"] as object[]).length === 2);
});
afterAll(() => at[Symbol.asyncDispose]());

test("dialer settings are of a campaign: without one nothing is read, and the campaigns to choose from are named", async () => {
  const choose = [
    { id: "4001", name: "first" },
    { id: "4002", name: "second" },
  ];
  const problem = "settings are per campaign on this profile: choose one";
  expect(await at.get("/api/v1/dialer")).toMatchObject({
    settings: null,
    known: { at: null, from: "none", code: null },
    campaign: null,
    problem,
    choose,
  });
  expect(at.logged.filter((line) => /reading the tenant/.test(line))).toEqual([]);
  expect(at.sandbox.control.requests({ operation: "acd.getGeneralSettings" })).toEqual([]);

  expect(await at.get("/api/v1/dialer?campaign=4002")).toMatchObject({ campaign: "4002", problem: null, choose });
  const shown = () => at.get("/api/v1/dialer?campaign=4002");
  await until(async () => (await shown())["settings"] !== null);
  expect(await shown()).toMatchObject({ settings: { name: "second" }, known: { from: "measured", code: null } });
  expect((await at.ask("/api/v1/dialer?campaign=9999")).status).toBe(404);
});

test("a change of a campaign's settings is previewed, applied, and stands in the history with whose it is", async () => {
  await vendor.ask("POST", "/skills/4001/agents", { body: { agents: [{ agentId: 5001 }, { agentId: 5002 }] } });
  const { settings } = (await at.get("/api/v1/dialer?campaign=4001&fresh=true")) as {
    settings: { name: string; type: string; concurrency: Record<string, number>; algorithm: Record<string, unknown> };
  };
  const { name, type, concurrency, algorithm } = settings;
  const file = {
    name,
    type,
    concurrency,
    algorithm: { ...algorithm, warm_line_timeout_sec: 1 },
    carrier_capacity: { max_trunks: 1000 },
  };
  const proposal = { file, campaign: "4001", overrides: ["predicted_abandonment"] };
  expect((await at.post("/api/v1/dialer/preview", { file })).body).toMatchObject({ code: "invalid_input" });
  const { body: preview } = await at.post("/api/v1/dialer/preview", proposal);
  expect(preview["refusals"]).toEqual([]);
  expect(preview).toMatchObject({ verdict: "ready", changes: [{ path: "algorithm.warm_line_timeout_sec", after: 1 }] });
  const begun = await at.post("/api/v1/dialer/apply", { ...proposal, confirm: preview["confirm"] });
  expect(begun.status).toBe(202);
  await until(async () => (await at.get(`/api/v1/dialer/versions/${Number(begun.body["version"])}`))["outcome"] === "applied");
  const { items } = await at.get("/api/v1/dialer/versions");
  expect(items).toMatchObject([
    { campaign: "4001", kind: "apply", changes: [{ path: "algorithm.warm_line_timeout_sec" }] },
    { campaign: "4001", kind: "observed", changes: [] },
  ]);
  expect((await at.get("/api/v1/dialer/versions?campaign=4001"))["items"]).toEqual(items);
  expect((await at.get("/api/v1/dialer/versions?campaign=4002"))["items"]).toEqual([]);
  expect(await at.get("/api/v1/dialer?campaign=4001&fresh=true")).toMatchObject({
    settings: { algorithm: { warm_line_timeout_sec: 1 } },
  });
});

test("the service says what the profile does not offer, a probe what the tenant can do, and jobs by which profile they were", async () => {
  const { service } = (await at.get("/api/v1/me")) as { service: { profile: string; lacks: { capability: string }[] } };
  expect(service.profile).toBe("acd");
  expect(service.lacks.map(({ capability }) => capability)).toContain("dispositionWriter");
  expect((await at.ask("/api/v1/tenant/probe", { method: "POST", as: "viewer" })).status).toBe(403);
  const { status, body } = await at.post("/api/v1/tenant/probe", {});
  expect([status, body["profile"]]).toEqual([200, "acd"]);
  expect(body["capabilities"]).toContainEqual(expect.objectContaining({ capability: "read campaigns", verdict: "yes" }));
  const change = await at.service.store.dialer.latestApplied("4001");
  expect(await at.service.store.jobs.getJob(change?.jobId ?? "")).toMatchObject({ kind: "dialer-change", profile: "acd" });
});

test("no route fails inside, each answers as documented, and what the profile does not offer is refused with its reason", async () => {
  const documented = await documentedBy(at, "acd");
  const refused: string[] = [];
  for (const operation of documented.operations) {
    const { method, path: template } = operation;
    const filled = template.replaceAll(/\{(?:id|campaign|campaignId|primary)\}/g, "4001").replaceAll(/\{\w+\}/g, "501");
    const path = filled.startsWith("/api/") ? filled : `/api/v1${filled}`;
    const body = method.toLowerCase() === "get" ? undefined : "{}";
    const { text, wrong } = await documented.ask(operation, { method, path, contentType: "application/json", body });
    expect.soft([path, wrong]).toEqual([path, undefined]);
    if (!text.includes('"code":"unsupported"')) continue;
    refused.push(`${method.toLowerCase()} ${template.replace("/api/v1", "")}`);
    expect.soft(text).toMatch(/"advice":"[^"]/);
  }
  expect(refused.toSorted()).toEqual([
    "delete /vendor-webhooks/{id}",
    "get /vendor-webhooks",
    "post /campaigns/id/{id}/tags",
    "post /campaigns/id/{id}/tags/check",
    "post /interactions/dispositions",
    "post /interactions/dispositions/check",
  ]);
});

test("the tenant's do-not-call groups are compared, brought over and proven, and the difference is shown before a start; callbacks are seen and deleted", async () => {
  const csv = { "content-type": "text/csv" };
  const file = "number\n+12125550101\n+12125550102\n+12125550103\n";
  await at.ask("/api/v1/facts/dnc", { method: "POST", headers: csv, body: file });
  await until(async () => (await at.post("/api/v1/campaigns/4002/do-not-call/compare", {})).body["suppressed"] === 3);
  const refused = await at.post("/api/v1/campaigns/4002/do-not-call/push", {});
  expect(refused.body).toMatchObject({ code: "not_available", detail: expect.stringContaining("obeys no do-not-call group") });
  await vendor.ask("POST", "/dnc-groups", { body: { dncGroupName: "Company" } });
  const listedGroups = (await vendor.ask("GET", "/dnc-groups")).body as { resultSet: { dncGroups: { dncGroupId: number }[] } };
  const group = String(listedGroups.resultSet.dncGroups[0]?.dncGroupId);
  await vendor.ask("POST", `/dnc-groups/${group}/scrubbed-skills/4002`);
  const { body: preview } = await at.post("/api/v1/campaigns/4002/resume/preview", {});
  expect(preview["effects"]).toContain(`Of the tenant's do-not-call groups: ${DIFFERENCE}`);
  // The same before campaign 4002 takes over from another one.
  const pair = { primary: "4001", policy: { backup: "4002" } };
  const { body: agreed } = await at.post("/api/v1/failover/pairs/preview", pair);
  expect((await at.post("/api/v1/failover/pairs", { ...pair, confirm: agreed["confirm"] })).status).toBeLessThan(300);
  const { body: over } = await at.post("/api/v1/campaigns/4001/failover/preview", {});
  expect(over["effects"]).toContainEqual(expect.stringContaining(`: ${DIFFERENCE}`));
  await at.ask("/api/v1/failover/pairs/4001", { method: "DELETE" });
  const push = (most: number) => at.post("/api/v1/campaigns/4002/do-not-call/push", { most });
  expect((await push(2)).body).toMatchObject({ group, added: 2, proven: 2, unproven: 0, left: 1 });
  expect((await push(2)).body).toMatchObject({ missing: 1, added: 1, proven: 1, left: 0 });
  expect((await at.post("/api/v1/campaigns/4002/do-not-call/compare", {})).body).toMatchObject({ missing: 0, theirs: 0 });

  const callback = {
    skillId: 4002,
    phoneNumber: "2125550177",
    firstName: "Greta",
    scheduleDate: "2036-01-01T10:00:00Z",
    notes: "at home",
  };
  await vendor.ask("POST", "/scheduled-callbacks", { body: callback });
  const listed = async (more = "") =>
    (await at.get(`/api/v1/campaigns/4002/callbacks${more}`))["items"] as Record<string, string>[];
  expect(JSON.stringify(await listed())).not.toMatch(/2125550177|Greta|home/);
  const [shown] = await listed("?reveal=true");
  expect(shown).toMatchObject({ campaignId: "4002", phoneNumber: "2125550177" });
  const gone = await at.post(`/api/v1/callbacks/${shown?.["id"]}/delete`, { reason: "asked not to be called" });
  expect(gone).toMatchObject({ status: 200, body: { already: false } });
  expect(await listed()).toEqual([]);
});

test("the work that is left: list penetration, callbacks and agents are told by the tenant, and hours only where a pace was measured", async () => {
  const { status } = await vendor.ask("POST", "/scheduled-callbacks", {
    body: {
      firstName: "A",
      lastName: "B",
      phoneNumber: "2125550199",
      skillId: 4001,
      scheduleDate: "2199-01-01T00:00:00Z",
      notes: "",
    },
  });
  expect(status).toBe(200);
  // The lists of all campaigns are asked for once a minute, the first time when the service began.
  const { workloadDetail, workload, series } = (await at.get("/api/v1/campaigns/4001?fresh=true")) as {
    workloadDetail: object;
    workload: object;
    series: { agents: number | null }[];
  };
  const read = expect.any(String) as string;
  expect(workloadDetail).toMatchObject({
    penetration: { value: { rate: 0, attempted: 0, contacts: 20, countedBy: "tenant" }, why: null, at: read },
    dialable: { value: { contacts: 20, of: "not final" } },
    pace: { value: null, why: expect.stringContaining("no pace was measured") as string },
    hoursLeft: { value: null, why: expect.stringContaining("no pace was measured") as string },
    callbacks: { value: { waiting: 1, due: 0, withinHour: 0, next: "2199-01-01T00:00:00.000Z" }, why: null, at: read },
    agents: { value: { loggedIn: 0, available: 0, working: 0, wrapUp: 0 }, why: null, at: read },
    occupancy: { value: null, why: expect.stringContaining("fewer than two readings") as string },
  });
  expect(workload).toMatchObject({ penetration: 0, hoursLeft: null, callbacksDue: 0, agents: 0, occupancy: null, at: read });
  expect(series.at(-1)?.agents).toBe(0);
  // One answer is of all skills: reading the other campaign asks for none anew, but for the look at its gate, which has it witness which calls are under way.
  const asked = () => at.sandbox.control.requests({ operation: "acd.skillActivity" }).length;
  const before = asked();
  await at.get("/api/v1/campaigns/4002?fresh=true");
  expect(asked() - before).toBeLessThanOrEqual(2);
});

test("contacts of a list are filtered here, and consent is what the field says that the operator named", async () => {
  const segment = async (query: string) => {
    const answer = await at.ask("/api/v1/contacts/501/segment", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ callType: "collection", query }),
    });
    const lines = (await answer.text()).trimEnd().split("\n");
    return JSON.parse(lines.at(-1) ?? "") as { segment: { read: number; filtered: number } };
  };
  const all = await segment("true");
  expect(all).toMatchObject({ segment: { read: 20, filtered: 0 } });
  expect(await segment("consentFlags.outbound.call==true")).toMatchObject({ segment: { filtered: 0 } });
  expect(await segment("consentFlags.outbound.call==false")).toMatchObject({ segment: { filtered: 20 } });
  expect(await segment("firstName==Nobody")).toMatchObject({ segment: { read: 20, filtered: 20 } });
});
