// The outbox on a real database: order per subject, claims that expire, retries, dead letters, replay, and very many rows.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Outbox, OutboxEvent } from "../../../src/store/index.ts";
import { scaled } from "../../support/scale.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

const ROWS = scaled(1_000_000, 100_000);
/** Half of the rows behind this one are due: a hundredth of all. */
const DUE = 0.99 * ROWS;
/** Pages for a hundred rows by their indexes, however many others there are; reading the table once takes ROWS / 68 more. */
const FEW = Math.min(5_000, 2_300 + ROWS / 200);

let world: TestStore;
let outbox: Outbox;
beforeEach(async () => {
  world = await openTestStore();
  outbox = world.store.outbox;
});
afterEach(() => world.dispose());

const event = (eventId: string, subject: string, endpoint = "bi"): OutboxEvent => ({
  eventId,
  endpoint,
  subject,
  type: "T",
  body: `{"id":"${eventId}"}`,
});
const claim = async (by = "w1", limit = 10, endpoint = "bi") => outbox.claimDue({ endpoint, limit, claimMs: 10_000, by });
const names = (events: readonly { eventId: string }[]) => events.map(({ eventId }) => eventId);

test("events of a subject are claimed one after the other, subjects beside each other, endpoints apart", async () => {
  await outbox.add([event("a1", "A"), event("a2", "A"), event("b1", "B"), event("a1", "A", "crm")]);
  const first = await claim();
  expect(names(first)).toEqual(["a1", "b1"]);
  expect(first[0]).toMatchObject({
    endpoint: "bi",
    subject: "A",
    type: "T",
    body: '{"id":"a1"}',
    attempts: 0,
    claimedUntil: world.clock.now() + 10_000,
  });
  expect(await claim("w2")).toEqual([]);
  await outbox.markDelivered(first.map(({ id }) => ({ id, status: 202 })));
  expect(names(await claim("w2"))).toEqual(["a2"]);
  expect(names(await claim("w2", 10, "crm"))).toEqual(["a1"]);
});

test("a claim that is not settled in time becomes due again; its late failure changes nothing, its late success counts", async () => {
  await outbox.add([event("a1", "A"), event("b1", "B")]);
  const [first, second] = await claim("w1");
  world.clock.advance(10_001);
  expect(names(await claim("w2"))).toEqual(["a1", "b1"]);
  await outbox.markFailed("w1", [{ id: first?.id ?? 0, error: "late", nextAttemptAt: null }]);
  await outbox.release("w1", [first?.id ?? 0]);
  expect(await claim("w3")).toEqual([]);
  await outbox.markDelivered([{ id: second?.id ?? 0, status: 200 }]);
  expect((await outbox.listDeliveries()).map(({ status }) => status)).toEqual(["pending", "delivered"]);
});

test("a failed event waits, those behind it wait with it and come forward when it is settled", async () => {
  await outbox.add([event("a1", "A"), event("a2", "A"), event("b1", "B")]);
  const [a1] = await claim("w1", 1);
  const later = world.clock.now() + 60_000;
  await outbox.markFailed("w1", [{ id: a1?.id ?? 0, status: 503, error: "HTTP 503", nextAttemptAt: later }]);
  expect(await outbox.nextDue("bi")).toBe(world.clock.now());
  expect(names(await claim())).toEqual(["b1"]);
  expect((await outbox.listDeliveries({ subject: "A" })).map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([later, later]);
  world.clock.advance(60_000);
  const again = (await claim()).find(({ eventId }) => eventId === "a1");
  expect(again).toMatchObject({ attempts: 1 });
  await outbox.markFailed("w1", [{ id: again?.id ?? 0, error: "gone", status: 410, nextAttemptAt: null }]);
  expect(names(await claim())).toEqual(["a2"]);
  expect(await outbox.listDeliveries({ status: "dead" })).toMatchObject([
    { eventId: "a1", attempts: 2, lastStatus: 410, lastError: "gone" },
  ]);
});

test("dead events are replayed by endpoint, id and range, with a fresh count", async () => {
  await outbox.add(["1", "2", "3"].map((name) => event(name, name)));
  const claimed = await claim();
  await outbox.markFailed(
    "w1",
    claimed.map(({ id }) => ({ id, error: "x", nextAttemptAt: null })),
  );
  const ids = claimed.map(({ id }) => id);
  expect(await outbox.replay({ endpoint: "other" })).toBe(0);
  expect(await outbox.replay({ ids: ids.slice(0, 1) })).toBe(1);
  expect(await outbox.replay({ fromId: ids[2] })).toBe(1);
  const again = await claim();
  expect(again.map(({ id, attempts }) => [id, attempts])).toEqual([
    [ids[0], 0],
    [ids[2], 0],
  ]);
  await outbox.markDelivered(again.map(({ id }) => ({ id, status: 200 })));
  expect(await outbox.replay({ status: "delivered", toId: ids[0] })).toBe(1);
});

test("many dead events are replayed in batches; what failed again meanwhile is not taken a second time", async () => {
  await outbox.add(Array.from({ length: 2_100 }, (_, n) => event(`e${n}`, `S${n}`)));
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await client.query("update outdial.outbox set status = 'dead', next_attempt_at = null");
  const told: number[] = [];
  expect(await outbox.replay({ endpoint: "bi" }, (count) => told.push(count))).toBe(2_100);
  expect(told).toEqual([1_000, 1_000, 100]);
  await client.query("update outdial.outbox set status = 'dead', next_attempt_at = null");
  // A batch that fails leaves those before it pending, which is told.
  await client.query(
    `create function refuse() returns trigger language plpgsql as $$ begin
       if new.event_id = 'e1500' then raise 'no room'; end if; return new; end $$;
     create trigger refuse before update on outdial.outbox for each row execute function refuse()`,
  );
  let sum = 0;
  await expect(outbox.replay({ endpoint: "bi" }, (count) => (sum += count))).rejects.toThrow("no room");
  expect(sum).toBe(1_000);
  expect((await outbox.counts())[0]).toMatchObject({ pending: 1_000, dead: 1_100 });
  await client.end();
});

test("counts and ages by endpoint; released events are due at once", async () => {
  await outbox.add([event("a", "A"), event("b", "B"), event("c", "C", "crm")]);
  world.clock.advance(5_000);
  const [a, b] = await claim();
  await outbox.markDelivered([{ id: a?.id ?? 0, status: 200 }]);
  await outbox.release("w1", [b?.id ?? 0]);
  expect(await outbox.counts()).toEqual([
    { endpoint: "bi", pending: 1, delivered: 1, dead: 0, lastDead: null, oldestPendingMs: 5_000 },
    { endpoint: "crm", pending: 1, delivered: 0, dead: 0, lastDead: null, oldestPendingMs: 5_000 },
  ]);
  expect(await outbox.oldestPendingAge("bi")).toBe(5_000);
  expect(await outbox.oldestPendingAge("nobody")).toBeUndefined();
  expect(await claim("w2")).toMatchObject([{ eventId: "b", attempts: 0 }]);
});

test("many workers at once: every event is claimed by exactly one, in order per subject", async () => {
  const events = Array.from({ length: 300 }, (_, i) => event(`e${i}`, `s${i % 20}`));
  await outbox.add(events);
  const seen: string[] = [];
  const order = new Map<string, string[]>();
  const work = async (by: string) => {
    for (;;) {
      const got = await claim(by, 7);
      if (got.length === 0) return;
      for (const { eventId, subject } of got) {
        seen.push(eventId);
        order.set(subject, [...(order.get(subject) ?? []), eventId]);
      }
      await outbox.markDelivered(got.map(({ id }) => ({ id, status: 200 })));
    }
  };
  while ((await outbox.oldestPendingAge()) !== undefined) await Promise.all(["a", "b", "c", "d"].map(work));
  expect(seen.sort()).toEqual(names(events).sort());
  for (const [subject, sent] of order) expect(sent).toEqual(names(events.filter((one) => one.subject === subject)));
});

test(`among ${ROWS} rows a claim reads a few pages, also when most are waiting behind a failed one`, async () => {
  const client = new pg.Client({ connectionString: world.url });
  client.on("error", () => undefined);
  await client.connect();
  const now = new Date(world.clock.now());
  await client.query(
    `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, next_attempt_at)
     select 'e' || n, 'bi', 's' || n, 'T', '{}', case when n % 2 = 0 then 'delivered' else 'pending' end, $1::timestamptz,
       case when n % 2 = 0 then null else $1::timestamptz + case when n < $2::int then interval '1 day' else interval '0' end end
     from generate_series(1, $3::int) n`,
    [now, DUE, ROWS],
  );
  const reads = async () => {
    const { rows } = await client.query<{ hits: number }>(
      "select (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int as hits from pg_statio_all_tables where schemaname = 'outdial' and relname = 'outbox'",
    );
    return rows[0]?.hits ?? 0;
  };
  await client.query("alter table outdial.outbox set (autovacuum_enabled = off)");
  // What this session read and wrote itself is told now: otherwise at some moment of the next seconds, in the middle of a measurement.
  await client.query("select pg_stat_force_next_flush()");
  const sessions = async () => {
    const { rows } = await client.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where datname = current_database()",
    );
    return rows[0]?.n ?? 0;
  };
  // A session tells what it read when it ends: each measured step runs in a store of its own, and its sessions' end is waited for.
  const open = await sessions();
  const measured = async (step: (outbox: Outbox) => Promise<void>) => {
    const before = await reads();
    const store = await world.again();
    await step(store.outbox);
    await store.close();
    while ((await sessions()) > open) await new Promise(setImmediate);
    return (await reads()) - before;
  };
  const claimed: number[] = [];
  const pages = await measured(async (one) => {
    const got = await one.claimDue({ endpoint: "bi", limit: 100, claimMs: 1_000, by: "w" });
    expect(got.map(({ eventId }) => eventId)).toEqual(Array.from({ length: 100 }, (_, i) => `e${DUE + 1 + 2 * i}`));
    claimed.push(...got.map(({ id }) => id));
  });
  expect(pages).toBeLessThan(FEW);
  expect(await measured((one) => one.markDelivered(claimed.map((id) => ({ id, status: 200 }))))).toBeLessThan(FEW);
  expect(await measured((one) => one.nextDue("bi").then(() => undefined))).toBeLessThan(100);
  await client.end();
});
