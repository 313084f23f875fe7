// Words that came from outside, the vendor, a file, a receiver, another person, are words on every page: no script of theirs runs, no element of theirs
// is made, and however long they are, the page is not wider than its window.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, NARROW, type Opened, openBrowserWorld } from "./world.ts";

const MARKUP = '"><img src=x onerror="window.ran=1"><script>window.ran=2</script>';
const LONG = "W".repeat(300);
const ID = "camp_primary_001";
const NUMBER = "+12125550123";

let world: BrowserWorld;
let url: string;
let jobId = "";
beforeAll(async () => {
  world = await openBrowserWorld("service: { fourEyes: true }\n");
  const { whole } = world;
  url = whole.service.url;
  const { control } = whole.sandbox;
  const words = `${MARKUP} ${LONG}`;
  control.simulateEdit({ kind: "campaign", id: ID, body: { name: words, description: words, queueId: words } });
  control.simulateEdit({ kind: "dialerSettings", body: { name: words } });
  await whole.get(`/api/v1/campaigns/${ID}?fresh=true`);
  await whole.get("/api/v1/dialer?fresh=true");
  const startTime = new Date(Date.now() - 7_200_000).toISOString();
  const endTime = new Date(Date.now() - 7_100_000).toISOString();
  const call = { campaignId: ID, status: "completed", startTime, endTime, dispositionCode: MARKUP };
  for (let i = 0; i < 3; i++) control.simulateCall({ ...call, id: `call_words_${i}` });
  await whole.post(`/api/v1/campaigns/${ID}/pause`, { reason: words });
  await whole.post("/api/v1/suppressions", { number: NUMBER, reason: words });
  const lift = { number: NUMBER, reason: words };
  const { body } = await whole.post("/api/v1/suppressions/lift/preview", lift);
  await whole.post("/api/v1/suppressions/lift", { ...lift, confirm: body["confirm"] });
  const row = (call: string) => `"${call.replaceAll('"', '""')}",DISP_001,"${words.replaceAll('"', '""')}"`;
  const file = ["call_id,disposition_code_id,notes", row("call_000001"), row(MARKUP), ""].join("\n");
  const sent = await whole.ask(`/api/v1/campaigns/${ID}/tags?name=${encodeURIComponent(MARKUP)}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: file,
  });
  const submitted = (await sent.json()) as { job?: { id: string } };
  jobId = submitted.job?.id ?? expect.fail(JSON.stringify(submitted));
  await whole.ended(jobId);
  const from = new Date(Date.now() - 10_800_000).toISOString();
  const retrieval = await whole.post("/api/v1/outcomes/retrievals", { campaignId: ID, from, to: new Date().toISOString() });
  expect(retrieval.status, JSON.stringify(retrieval.body)).toBeLessThan(300);
  await whole.ended(retrieval.body["jobId"] as string);
  await whole.service.store.outbox.add([{ eventId: MARKUP, endpoint: words, subject: words, type: MARKUP, body: "{}" }]);
});
afterAll(() => world[Symbol.asyncDispose]());

async function unharmed(opened: Opened, path: string): Promise<void> {
  const { page, faults } = opened;
  const made = await page.locator("main img, main script, .toasts img, .toasts script, dialog img, dialog script").count();
  expect.soft([path, made]).toEqual([path, 0]);
  expect.soft([path, await page.evaluate("window.ran")]).toEqual([path, undefined]);
  expect.soft([path, await opened.overflow()]).toEqual([path, 0]);
  // A refusal of the policy would be here: there was not even an attempt.
  expect.soft([path, [...faults]]).toEqual([path, []]);
}

const PAGES = () =>
  [
    ["/", "Campaigns"],
    [`/campaigns/${ID}`, MARKUP],
    ["/dialer", "Dialer"],
    ["/jobs", "Jobs"],
    [`/jobs/${jobId}`, MARKUP],
    ["/outcomes", "Outcomes"],
    ["/audit", "Audit"],
    ["/audit?action=campaign.pause", "Audit"],
    ["/approvals", "Approvals"],
  ] as const;

test("on every page", async () => {
  await using opened = await world.open(NARROW, "admin");
  const { page } = opened;
  for (const [path, title] of PAGES()) {
    await page.goto(`${url}${path}`);
    await page.getByRole("heading", { level: 1 }).filter({ hasText: title }).waitFor();
    await opened.drawn();
    // Folded parts are opened: what is in them must be harmless as well.
    for (const folded of await page.locator("main summary").all()) await folded.click();
    // Also as a choice of a list, which is not shown before it is opened.
    await page.locator("main").getByText("onerror").first().waitFor({ state: "attached" });
    await unharmed(opened, path);
  }
});

test("among deliveries, whose receiver nobody knows", async () => {
  await using opened = await world.open(NARROW, "admin");
  const { page } = opened;
  await page.goto(`${url}/deliveries`);
  await page.getByLabel("State").selectOption("pending");
  await page.getByRole("row").filter({ hasText: "onerror" }).first().waitFor();
  await unharmed(opened, "/deliveries");
});

test("in the history of a number", async () => {
  await using opened = await world.open(NARROW, "admin");
  const { page } = opened;
  await page.goto(`${url}/compliance`);
  const form = page.getByRole("region", { name: "Explain a number" });
  await form.getByLabel("Number", { exact: true }).fill(NUMBER);
  await form.getByRole("button", { name: "Explain" }).click();
  await form.getByText("onerror").first().waitFor();
  await unharmed(opened, "/compliance");
});

test("in the message of an alarm, and in the dialog that asks for approval", async () => {
  await using opened = await world.open(NARROW, "admin", url, "another");
  const { page } = opened;
  await page.goto(`${url}/approvals`);
  await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  const body = JSON.stringify({ data: { message: `${MARKUP} ${LONG}` } });
  await world.whole.service.store.outbox.add([{ eventId: "e", endpoint: "alarms", subject: MARKUP, type: "ALARM", body }]);
  await page.locator(".toast").getByText("onerror").first().waitFor();
  await page.getByRole("button", { name: "Dismiss" }).first().click();
  await page
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("onerror").first().waitFor();
  await unharmed(opened, "the dialog");
});
