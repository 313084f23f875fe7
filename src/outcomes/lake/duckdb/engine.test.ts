// What comes out of DuckDB is all there is, or an error.

import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { Engine, rowsOf, streamOf } from "./engine.ts";

const ROWS = 2_000_000;
/** Fails at a row in the middle, after more have been given out than the engine holds ready. */
const BREAKING = `SELECT CAST(CASE WHEN row = ${ROWS / 2} THEN 'broken' ELSE '1' END AS INTEGER) AS one FROM range(${ROWS}) AS t (row)`;

test("a stream that breaks off is not taken for one that ends", async () => {
  const engine = await Engine.open({ spillFolder: tmpdir(), memoryLimit: "64MB", threads: 1 });
  const count = async (select: string) => {
    let rows = 0;
    for await (const [values = []] of streamOf(engine, select)) rows += values.length;
    return rows;
  };
  try {
    expect(await count(`SELECT * FROM range(${ROWS})`)).toBe(ROWS);
    expect(await count("SELECT * FROM range(0)")).toBe(0);
    await expect(count(BREAKING)).rejects.toMatchObject({ code: "incomplete_read" });
    await engine.use((connection) => expect(rowsOf(engine, connection, BREAKING, [])).rejects.toThrow("broken"));
  } finally {
    await engine.close();
  }
});
