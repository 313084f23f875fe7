// The service at work: a file is uploaded, checked, tagged and followed live; settings are previewed, confirmed, applied and taken back.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";

let at: StartedService;
beforeAll(async () => {
  at = await startService({ yaml: "dialer: { activation: { first: 50ms, most: 200ms, looks: 500 } }\n" });
});
afterAll(() => at[Symbol.asyncDispose]());

const csv = { "content-type": "text/csv" };
const settings = {
  name: "Evening",
  type: "predictive",
  concurrency: { max_agents: 50, max_simultaneous_calls: 100, call_spacing_ms: 0 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.02, agent_availability_estimate: 0.85, dial_ratio: 1.3 },
  carrier_capacity: { max_trunks: 200 },
  expected: { answer_rate: 0.15 },
};

test("an upload begins with a dry run, becomes a job once, and is followed live to its end", async () => {
  const file = (await readFile("examples/calls.csv", "utf8")).split("\n").slice(0, 121).join("\n");
  const path = "/api/v1/campaigns/camp_primary_001/tags?name=calls.csv";
  const dry = await at.ask(`${path}&dryRun=true`, { method: "POST", headers: csv, body: file });
  expect(dry.status).toBe(202);
  expect(await dry.json()).toMatchObject({ plan: { rows: 120 } });
  expect(await at.get("/api/v1/jobs")).toEqual({ items: [], next: null });

  const stop = new AbortController();
  const stream = await at.ask("/api/v1/events", { as: "viewer", signal: stop.signal });
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  const submitted = await (await at.ask(path, { method: "POST", headers: csv, body: file })).json();
  const { job } = submitted as { job: { id: string } };
  expect(submitted).toMatchObject({ earlier: false, job: { actor: "olga", totalRows: 120, sourceName: "calls.csv" } });
  let seen = "";
  for await (const chunk of stream.body ?? []) {
    seen += Buffer.from(chunk).toString();
    if (new RegExp(`"jobId":"${job.id}","kind":"tag","status":"(done|partly_failed)"`).test(seen)) break;
  }
  stop.abort();
  expect(seen).toMatch(/^id: \d+-\d+$/m);

  const ended = await at.ended(job.id);
  expect(ended).toMatchObject({ done: 120, running: expect.any(Boolean) as boolean });
  const rows = (await (await at.ask(`/api/v1/jobs/${job.id}/rows`)).text()).trimEnd().split("\n");
  expect(rows).toHaveLength(120);
  const metrics = await (await at.ask("/metrics")).text();
  const { counts } = ended as { counts: Record<string, number> };
  const counted = [...metrics.matchAll(/^outdial_items_total\{kind="tag",result="(\w+)"\} (\d+)$/gm)];
  expect(Object.fromEntries(counted.map(([, result, count]) => [result, Number(count)]))).toMatchObject(counts);
  expect(metrics).toContain(`outdial_item_errors_total{kind="tag",error="validation"} ${counts["refused"]}`);
  expect(metrics).toMatch(/^outdial_item_seconds_count\{kind="tag"\} [1-9]/m);
  const again = await (await at.ask(path, { method: "POST", headers: csv, body: file })).json();
  expect(again).toMatchObject({ earlier: true, job: { id: job.id } });
  const audit = JSON.stringify(await at.get("/api/v1/audit?action=api.tags.submit"));
  const found = async (query: string) =>
    ((await at.get(`/api/v1/audit?${query}`, "viewer")) as { items: { action: string }[] }).items;
  expect((await found("text=API.Tags")).map(({ action }) => action)).toContain("api.tags.submit");
  expect(await found("text=nothing-of-the-kind")).toEqual([]);
  // Piece by piece, they would tell a telephone number that is masked.
  for (const digits of ["1212", "%D9%A1%D9%A2"])
    expect(await at.get(`/api/v1/audit?text=${digits}`, "viewer")).toMatchObject({ status: 403, code: "not_permitted" });
  expect(await at.get("/api/v1/audit?text=1212")).toHaveProperty("items");
  expect(audit).toContain('"actor":"olga"');
});

test("settings are applied only as they were previewed, and taken back", async () => {
  const preview = await at.post("/api/v1/dialer/preview", { file: settings });
  expect(preview.status).toBe(200);
  const { confirm } = preview.body as { confirm: string };
  const moved = await at.post("/api/v1/dialer/apply", { file: settings, confirm: "0".repeat(64) });
  expect(moved).toMatchObject({ status: 409, body: { code: "plan_changed" } });
  const other = { ...settings, algorithm: { ...settings.algorithm, dial_ratio: 1.4 } };
  expect(await at.post("/api/v1/dialer/apply", { file: other, confirm })).toMatchObject({ status: 409 });
  expect(await at.post("/api/v1/dialer/apply", { file: settings, confirm }, "viewer")).toMatchObject({ status: 403 });
  const applied = await at.post("/api/v1/dialer/apply", { file: settings, confirm });
  expect(applied).toMatchObject({ status: 202, body: { purpose: "apply" } });
  const { version } = applied.body as { version: number };
  await expect
    .poll(() => at.get(`/api/v1/dialer/versions/${version}`), { timeout: 60_000 })
    .toMatchObject({ outcome: "applied" });
  const band = { low: expect.any(Number) as number, median: expect.any(Number) as number, high: expect.any(Number) as number };
  await expect
    .poll(() => at.get("/api/v1/dialer"), { timeout: 60_000 })
    .toMatchObject({
      settings: { algorithm: { dial_ratio: 1.3 } },
      open: null,
      prediction: { abandonment: band, occupancy: band, attemptsPerHour: band },
    });
  // The same figures that the preview showed: the same settings, lines and expectations.
  expect(await at.get("/api/v1/dialer")).toMatchObject({ prediction: preview.body["prediction"], measured: null });
  // What the tenant counted since goes before what was expected or assumed, and is told with its counts.
  const counted = Date.now();
  await at.service.store.metrics.add({
    campaignId: "camp_primary_001",
    at: counted,
    receivedAt: counted,
    source: "push",
    eventId: null,
    windowMinutes: 30,
    successRate: null,
    activeCalls: 0,
    callsPlaced: 1203,
    callsAnswered: 1100,
    abandonmentRate: null,
    failoverTriggered: false,
  });
  const to = new Date(counted).toISOString();
  const from = new Date(counted - 1_800_000).toISOString();
  await expect
    .poll(() => at.get("/api/v1/dialer"), { timeout: 60_000 })
    .toMatchObject({
      measured: { numerator: 1100, denominator: 1203, from, to },
      prediction: { basis: expect.arrayContaining([expect.objectContaining({ name: "answerRate", from: "measured" })]) },
    });
  expect((await at.get("/api/v1/dialer"))["prediction"]).not.toEqual(preview.body["prediction"]);
  // The preview's plan no longer holds: these settings are in force.
  expect(await at.post("/api/v1/dialer/apply", { file: settings, confirm })).toMatchObject({ status: 409 });

  // What was counted goes for the settings of before as well: they are put back by a person's word only.
  expect((await at.post("/api/v1/dialer/rollback/preview", {})).body["refusals"]).toEqual([
    expect.stringContaining("predicted_abandonment: abandonment above 3 %"),
  ]);
  const asked = { overrides: ["predicted_abandonment"] };
  const back = await at.post("/api/v1/dialer/rollback/preview", asked);
  const rolled = await at.post("/api/v1/dialer/rollback", { ...asked, confirm: back.body["confirm"] });
  expect(rolled.status).toBe(202);
  await expect
    .poll(() => at.get(`/api/v1/dialer/versions/${String(rolled.body["version"])}`), { timeout: 60_000 })
    .toMatchObject({ outcome: "applied" });
  const history = await at.get("/api/v1/dialer/versions");
  expect(JSON.stringify(history)).toContain('"path":"algorithm.dial_ratio"');
  const walked: unknown[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page = await at.get(`/api/v1/dialer/versions?limit=1${next === "" ? "" : `&cursor=${next}`}`);
    walked.push(...(page["items"] as unknown[]));
    next = page["next"] as string | null;
  }
  expect(walked).toEqual(history["items"]);
});

test("settings that break a rule are refused with what broke it", async () => {
  const illegal = { ...settings, algorithm: { ...settings.algorithm, abandonment_rate_target: 0.05 } };
  const preview = await at.post("/api/v1/dialer/preview", { file: illegal });
  expect(preview.body["refusals"]).not.toEqual([]);
  const refused = await at.post("/api/v1/dialer/apply", { file: illegal, confirm: preview.body["confirm"] });
  expect(refused).toMatchObject({ status: 422, body: { code: "plan_refused" } });
  const misspelt = await at.post("/api/v1/dialer/preview", { file: { ...settings, nmae: "x" } });
  expect(misspelt).toMatchObject({ status: 400, body: { code: "invalid_input" } });
  // Mistakes in a file are told in words; `problems` are of fields of the request, each with its path.
  expect(misspelt.body).toMatchObject({ details: { problems: [expect.stringContaining("nmae")] } });
  expect(misspelt.body).not.toHaveProperty("problems");
});

test("refused rows are downloaded as CSV that a spreadsheet opens without running anything", async () => {
  const header = (await readFile("examples/calls.csv", "utf8")).split("\n")[0] ?? "";
  const cells = header.split(",").map((name) => (/call/i.test(name) ? '"=HYPERLINK(""x"")"' : "no such thing"));
  const path = "/api/v1/campaigns/camp_primary_001/tags?name=bad.csv";
  const submitted = await at.ask(path, { method: "POST", headers: csv, body: `${header}\n${cells.join(",")}\n` });
  const { job } = (await submitted.json()) as { job: { id: string } };
  await at.ended(job.id);
  const rows = `/api/v1/jobs/${job.id}/rows?result=refused&download=true`;
  const reply = await at.ask(rows, { headers: { accept: "text/csv" } });
  expect(reply.headers.get("content-type")).toContain("text/csv");
  expect(reply.headers.get("content-disposition")).toContain(`${job.id}.csv`);
  const [head, row] = (await reply.text()).split("\r\n");
  expect(head).toBe("line,callId,result,reason,statusCode,attempts,latencyMs,callStatus,vendorBody");
  expect(row).toMatch(/^2,"'=HYPERLINK\(""x""\)",refused,/);
  expect(await (await at.ask(`${rows}&format=ndjson`, { headers: { accept: "text/csv" } })).json()).toMatchObject({ line: 2 });
});

test("a table that was read comes back as a PDF, and nothing else does", async () => {
  const send = (query: string, body: string, type = "text/csv") =>
    at.ask(`/api/v1/tables/pdf?${query}`, { method: "POST", as: "viewer", headers: { "content-type": type }, body });
  const pdf = await send("title=Jobs&zone=Asia%2FTokyo", "name,count\r\nmorning,3\r\n");
  expect([pdf.status, pdf.headers.get("content-type")]).toEqual([200, "application/pdf"]);
  expect((await pdf.text()).slice(0, 5)).toBe("%PDF-");
  expect((await send("title=Jobs&zone=Nowhere", "name\r\n")).status).toBe(400);
  expect((await send("title=Jobs", "")).status).toBe(400);
  expect((await send("title=Jobs", "{}", "application/json")).status).toBe(415);
});

test("a request with a key is carried out once", async () => {
  const ask = (key: string, body: object) =>
    at.ask("/api/v1/deliveries/replay", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    });
  const first = await ask("k1", { ids: [1] });
  expect(first.status).toBe(200);
  const second = await ask("k1", { ids: [1] });
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(await second.json()).toEqual(await first.json());
  expect(await (await ask("k1", { ids: [2] })).json()).toMatchObject({ code: "key_reused", status: 422 });
  expect(await (await ask("k 1\u00ff", { ids: [1] })).json()).toMatchObject({ code: "invalid_request" });
});
