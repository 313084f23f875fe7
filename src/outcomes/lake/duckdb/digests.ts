// The digests of a day's calls in the stated order, for the hash of a retrieval. Where each call has one version, which is nearly always so, they
// are sorted slice by slice, so that the memory does not grow with the day; otherwise the latest versions are found first, all at once.

import type { LakeFile, RecordQuery } from "../lake.ts";
import { type Connection, chunksOf, type Engine, rowsOf } from "./engine.ts";
import { digestShapeSql, digestSliceSql, recordsSql } from "./views.ts";

/** Rows of a slice, about. Each slice reads the footers of all files anew; larger ones hold more in memory. */
const SLICE_ROWS = 32_768;

/** What there is to be hashed. `first` and `last`: starts, ms since the epoch, null when there is nothing. */
interface Shape {
  readonly once: boolean;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** Digests in hex, many joined in each text: handed over one by one they cost most of a query's time. */
export async function* digestsOf(
  engine: Engine,
  root: string,
  files: readonly LakeFile[],
  query: RecordQuery,
): AsyncGenerator<string> {
  const { connection, release } = await engine.lend();
  try {
    const [shape] = await rowsOf<Shape>(engine, connection, digestShapeSql(root, files, query), []);
    if (shape === undefined || shape.first === null || shape.last === null) return;
    if (!shape.once) yield* oneByOne(connection, recordsSql(root, files, query, "lower(hex(digest))"));
    else
      for (const slice of slicesOf(shape.rows, shape.first, shape.last)) {
        const [row] = await rowsOf<{ digests: string | null }>(
          engine,
          connection,
          `SELECT digests FROM (${digestSliceSql(root, files, query, slice)}) AS slice (digests)`,
          [],
        );
        if (typeof row?.digests === "string") yield row.digests;
      }
  } finally {
    // An abandoned stream keeps its connection busy, so it is not lent again.
    release();
  }
}

async function* oneByOne(connection: Connection, select: string): AsyncGenerator<string> {
  for await (const [digests = []] of chunksOf(await connection.stream(select)))
    yield digests.filter((digest) => typeof digest === "string").join("");
}

/** Equal stretches from `first` to `last` inclusive, in whole ms. */
function* slicesOf(rows: number, first: number, last: number): Generator<{ readonly from: number; readonly to: number }> {
  const [count, span] = [Math.ceil(rows / SLICE_ROWS), last + 1 - first];
  for (let n = 0; n < count; n++)
    yield { from: first + Math.floor((span * n) / count), to: first + Math.floor((span * (n + 1)) / count) };
}
