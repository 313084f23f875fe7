// The digests of a day's calls in the stated order, for the hash of a retrieval. Where each call has one version, which is nearly always so, they
// are sorted slice by slice, so that the memory does not grow with the day; otherwise the latest versions are found first, all at once.

import type { LakeFile, RecordQuery } from "../lake.ts";
import { type Engine, oneRowOf, streamOf } from "./engine.ts";
import { digestShapeSql, digestSliceSql, recordsSql } from "./views.ts";

/** Rows of a slice, about. Each slice reads the footers of all files anew; larger ones hold more in memory. */
const SLICE_ROWS = 16_384;

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
  const shape = await oneRowOf<Shape>(engine, digestShapeSql(root, files, query));
  if (shape.first === null || shape.last === null) return;
  if (shape.once) {
    const slices = slicesOf(shape.rows, shape.first, shape.last);
    yield* ahead(slices, (slice) => joined(engine, digestSliceSql(root, files, query, slice)));
  } else yield* oneByOne(engine, recordsSql(root, files, query, "lower(hex(digest))"));
}

/** The one text that a statement gives; empty for none. */
async function joined(engine: Engine, select: string): Promise<string> {
  const { text } = await oneRowOf<{ text: unknown }>(engine, `SELECT text FROM (${select}) AS one (text)`);
  return typeof text === "string" ? text : "";
}

/** What is asked for, one after the other; while one answer is used the next one is under way. */
async function* ahead<Asked, Answer>(all: readonly Asked[], ask: (one: Asked) => Promise<Answer>): AsyncGenerator<Answer> {
  const [first, ...others] = all;
  if (first === undefined) return;
  let coming = ask(first);
  try {
    for (const next of others) {
      const answer = await coming;
      coming = ask(next);
      // Whoever awaits it gets the failure.
      coming.catch(() => undefined);
      yield answer;
    }
    yield await coming;
  } finally {
    // The engine may be closed next, and not beneath it.
    await coming.catch(() => undefined);
  }
}

async function* oneByOne(engine: Engine, select: string): AsyncGenerator<string> {
  for await (const [digests = []] of streamOf(engine, select))
    yield digests.filter((digest) => typeof digest === "string").join("");
}

/** Equal stretches from `first` to `last` inclusive, in whole ms. */
function slicesOf(rows: number, first: number, last: number): readonly { readonly from: number; readonly to: number }[] {
  const [count, span] = [Math.ceil(rows / SLICE_ROWS), last + 1 - first];
  const edge = (n: number) => first + Math.floor((span * n) / count);
  return Array.from({ length: count }, (_, n) => ({ from: edge(n), to: edge(n + 1) }));
}
