// Dead letters of a receiver that is on: told under Needs attention, shown with every attempt, and sent again by receiver; over the service and without it.

import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../support/cli.ts";
import { startService } from "../../support/service.ts";

type Service = Awaited<ReturnType<typeof startService>>;

let service: Service;
beforeAll(async () => {
  service = await startService({});
});
afterAll(() => service[Symbol.asyncDispose]());

const run = (...args: string[]) => runCli(args, { cwd: dirname(service.dir), env: service.environment });
const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout) as Record<string, unknown>;

/** Puts an event into the outbox and gives it up, as the worker of a receiver does after its last attempt. @returns its number */
async function deadLetter(eventId: string, endpoint: string): Promise<number> {
  const { outbox } = service.service.store;
  await outbox.add([{ eventId, endpoint, subject: eventId, type: "DISPOSITION_ASSIGNED", body: `{"data":{"of":"${eventId}"}}` }]);
  const [claimed] = await outbox.claimDue({ endpoint, limit: 1, by: "w", claimMs: 60_000 });
  const id = claimed?.id ?? 0;
  await outbox.markFailed("w", [{ id, status: 422, error: `HTTP 422: ${eventId} is not wanted`, nextAttemptAt: null }]);
  return id;
}

async function told(): Promise<Record<string, unknown>[]> {
  const { items } = (await service.get("/api/v1/attention")) as { items: Record<string, unknown>[] };
  return items.filter(({ code }) => code === "dead_letters");
}

test("they are told under Needs attention until they are sent again, and one more is told anew", async () => {
  await service.service.store.endpoints.learn({ lake: ["DISPOSITION_ASSIGNED"], siem: ["DISPOSITION_ASSIGNED"] }, "set");
  expect(await told()).toEqual([]);
  const first = await deadLetter("e1", "lake");
  const [one] = await told();
  expect(one).toMatchObject({
    subject: { kind: "receiver", id: "lake" },
    severity: "soon",
    evidence: [`the newest is delivery ${first}`],
    acknowledged: null,
  });
  await service.post("/api/v1/attention", { key: one?.["key"], verb: "acknowledge" });
  expect(await told()).toMatchObject([{ acknowledged: { by: expect.any(String) } }]);
  const second = await deadLetter("e2", "lake");
  const other = await deadLetter("e3", "siem");
  expect(await told()).toMatchObject([
    { subject: { id: "lake" }, acknowledged: null, what: expect.stringContaining("2 events") },
    { subject: { id: "siem" }, acknowledged: null },
  ]);

  expect(await json("webhooks", "show", String(second))).toMatchObject({
    id: second,
    endpoint: "lake",
    status: "dead",
    event: { data: { of: "e2" } },
    failures: [{ status: 422, error: "HTTP 422: e2 is not wanted" }],
  });
  expect((await run("webhooks", "show", String(second))).stdout).toContain("HTTP 422: e2 is not wanted");
  expect(await json("webhooks", "replay", "--receiver", "lake")).toMatchObject({ queued: 2 });
  const states = async () => (await service.service.store.outbox.listDeliveries()).map(({ id, status }) => [id, status]);
  expect(await states()).toEqual([
    [first, "pending"],
    [second, "pending"],
    [other, "dead"],
  ]);
  expect(await told()).toMatchObject([{ subject: { id: "siem" } }]);
  expect(await json("webhooks", "replay", "--receiver", "nobody")).toMatchObject({ queued: 0 });
});
