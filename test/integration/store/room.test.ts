// Whether the database has room: told from the first write that found none to a write that needs some and goes through.

import pg from "pg";
import { expect, test, vi } from "vitest";
import { asStoreError } from "../../../src/store/index.ts";
import { openTestStore } from "../../support/store.ts";
import { until } from "../../support/until.ts";

const BEAT = { id: "here", pid: 1, host: "host", intervalMs: 2000, scopes: [] };

test("a shortage lasts as long as nothing new can be written, whatever time passes and whatever small write succeeds", async () => {
  const opened = await openTestStore();
  await using _disposed = { [Symbol.asyncDispose]: () => opened.dispose() };
  const { store, url } = opened;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await using _ended = { [Symbol.asyncDispose]: () => client.end() };
  const full = (returns: string) =>
    `returns ${returns} language plpgsql as $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`;
  await client.query(`create function refuse() ${full("trigger")}; create function refuse_new() ${full("event_trigger")};
    create trigger full_disk before insert on outdial.replicas for each statement execute function refuse();
    create event trigger full_disk on ddl_command_start when tag in ('CREATE TABLE AS') execute function refuse_new()`);
  await expect(store.replicas.beat(BEAT)).rejects.toMatchObject({ code: "store_full" });
  const conditions = () => store.health.conditions().map(({ name }) => name);
  expect(conditions()).toEqual(["store_full"]);

  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    vi.advanceTimersByTime(3_600_000);
    expect(conditions()).toEqual(["store_full"]);
  } finally {
    vi.useRealTimers();
  }
  await client.query("drop trigger full_disk on outdial.replicas");
  await store.replicas.beat(BEAT);
  await store.health.lookForRoom();
  expect(conditions()).toEqual(["store_full"]);

  await client.query("drop event trigger full_disk");
  await store.replicas.beat(BEAT);
  await until(() => conditions().length === 0);
  const { rows } = await client.query("select from pg_tables where tablename like 'room_probe%'");
  expect(rows).toEqual([]);
});

test("what was only to be read for want of room is not told of as a write", () => {
  const thrown = Object.assign(new Error("could not write init file"), { code: "53100" });
  expect(asStoreError(thrown)).toMatchObject({
    code: "store_full",
    advice: expect.stringContaining("write was not done") as string,
  });
  expect(asStoreError(thrown, true)).toMatchObject({
    code: "store_full",
    advice: expect.stringContaining("Reading needs some") as string,
  });
});
