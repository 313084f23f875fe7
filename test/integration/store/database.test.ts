// The test run's own ground: every test gets an empty database of its own.

import pg from "pg";
import { expect, test } from "vitest";
import { createDatabase } from "../../support/database.ts";

test("each database is empty and apart from the others, and gone after dispose", async () => {
  const [left, right] = await Promise.all([createDatabase(), createDatabase()]);
  const query = async (url: string, sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await query(left.url, "create table mine (id int)");
  const { rows } = await query(right.url, "select count(*)::int as n from pg_tables where schemaname = 'public'");
  expect(rows).toEqual([{ n: 0 }]);
  await left.dispose();
  await right.dispose();
  await expect(query(left.url, "select 1")).rejects.toThrow(/does not exist/);
});
