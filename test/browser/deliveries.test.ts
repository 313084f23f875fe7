// Deliveries in the browser: a receiver is switched off and on, what it has had is sent again, and dead letters get another chance.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEMPORARY } from "../support/temporary.ts";
import { type BrowserWorld, openBrowserWorld, WIDE } from "./world.ts";

let world: BrowserWorld;
let answer = 200;
/** Ids of the events as they came. */
const came: string[] = [];
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  const server = createServer((request, response) => {
    came.push(String(request.headers["webhook-id"]));
    request.resume().on("end", () => response.writeHead(answer).end(answer === 200 ? "" : "the field team is missing"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const dir = await mkdtemp(join(TEMPORARY, "outdial-receiver-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const secretFile = join(dir, "secret");
  await writeFile(secretFile, `whsec_${Buffer.alloc(32, 7).toString("base64")}`);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  world = stack.use(
    await openBrowserWorld(`webhooks: { bi: { url: "http://127.0.0.1:${port}/events", secretFile: ${secretFile} } }\n`),
  );
});
afterAll(() => stack.disposeAsync());

const events = (...ids: readonly string[]) =>
  world.whole.service.store.outbox.add(
    ids.map((id) => ({ eventId: id, endpoint: "bi", subject: id, type: "DISPOSITION_ASSIGNED", body: JSON.stringify({ id }) })),
  );

/** Gives pending events up, as their last attempt would. */
async function bury(id: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.whole.databaseUrl });
  await client.connect();
  const text =
    "update outdial.outbox set status = 'dead', next_attempt_at = null where event_id = $1 and attempts > 0 and claimed_by is null";
  try {
    await expect.poll(async () => (await client.query(text, [id])).rowCount, { timeout: 60_000 }).toBe(1);
  } finally {
    await client.end();
  }
}

test("a receiver that is switched off gets nothing, and all that waited once it is switched on", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/deliveries`);
  const receiver = page.getByRole("region", { name: "Receiver bi" });
  await receiver.getByText("delivering").waitFor();
  await opened.press(receiver.getByRole("button", { name: "Switch off" }));
  await receiver.getByText("switched off", { exact: true }).waitFor();
  await events("waits");
  await page.getByLabel("State").selectOption("pending");
  await page.getByRole("row").filter({ hasText: "waits" }).waitFor();
  expect(came).not.toContain("waits");
  expect(await opened.violations()).toEqual([]);
  await opened.press(receiver.getByRole("button", { name: "Switch on" }));
  await receiver.getByText("delivering").waitFor();
  await page.getByLabel("State").selectOption("delivered");
  await page.getByRole("row").filter({ hasText: "waits" }).waitFor();
  expect(came).toContain("waits");
  expect(faults).toEqual([]);
});

test("an event that was delivered is sent again under the same id", async () => {
  await events("twice");
  await using opened = await world.open(WIDE, "operator");
  const { page } = opened;
  await page.goto(`${world.whole.service.url}/deliveries`);
  await page.getByLabel("State").selectOption("delivered");
  const row = page.getByRole("row").filter({ hasText: "twice" });
  await opened.press(row.getByRole("button", { name: /^Replay event/ }));
  await page.getByText("1 event will be sent again").waitFor();
  await expect.poll(() => came.filter((id) => id === "twice").length, { timeout: 60_000 }).toBe(2);
});

test("dead letters are counted, shown with the receiver's answer, and sent again by a click", async () => {
  answer = 400;
  await events("refused");
  await bury("refused");
  answer = 200;
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/deliveries`);
  await page.getByRole("row").filter({ hasText: "refused" }).filter({ hasText: "400" }).waitFor();
  const receiver = page.getByRole("region", { name: "Receiver bi" });
  await receiver.getByText("DISPOSITION_ASSIGNED").waitFor();
  await opened.press(
    page
      .getByRole("row")
      .filter({ hasText: "refused" })
      .getByRole("button", { name: /^Show event/ }),
  );
  const dialog = page.getByRole("dialog");
  await dialog.getByText("answered 400: it refuses this event: the field team is missing").first().waitFor();
  await dialog.getByText('"id": "refused"').waitFor();
  expect(await opened.violations()).toEqual([]);
  await opened.press(dialog.getByRole("button", { name: "Close" }));
  const before = came.filter((id) => id === "refused").length;
  await opened.press(receiver.getByRole("button", { name: "Send 1 dead letter again" }));
  await page.getByText("No dead letters").waitFor();
  await expect.poll(() => came.filter((id) => id === "refused").length, { timeout: 60_000 }).toBe(before + 1);
  expect(await receiver.getByRole("button", { name: /dead letters? again/ }).count()).toBe(0);
  expect(faults).toEqual([]);
});
