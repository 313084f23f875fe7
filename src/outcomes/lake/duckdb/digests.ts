// The digests of calls in the stated order, day after day, for the hash of a retrieval. Where each call has one version, which is nearly always so, they
// are sorted slice by slice, so that the memory does not grow with the day; otherwise the latest versions are found first, all at once.

import type { LakeFile, RecordQuery } from "../lake.ts";
import { type Engine, oneBlobOf, oneRowOf, streamOf } from "./engine.ts";
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

/** Digests, many in one piece: handed over one by one they cost most of a query's time. A piece is good until the next is asked for. */
export async function* digestsOf(
  engine: Engine,
  root: string,
  days: readonly (readonly LakeFile[])[],
  query: RecordQuery,
): AsyncGenerator<Uint8Array> {
  const look = async (files: readonly LakeFile[]) => ({
    files,
    shape: await oneRowOf<Shape>(engine, digestShapeSql(root, files, query)),
  });
  for await (const { files, shape } of ahead(days, look)) {
    if (shape.first === null || shape.last === null) continue;
    if (shape.once) {
      const slices = slicesOf(shape.rows, shape.first, shape.last);
      for await (const digests of ahead(slices, (slice) => oneBlobOf(engine, digestSliceSql(root, files, query, slice)))) {
        yield digests;
        // Given back now, not when the collector happens to come by.
        digests.buffer.transfer(0);
      }
    } else yield* oneByOne(engine, recordsSql(root, files, query, "lower(hex(digest))"));
  }
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

async function* oneByOne(engine: Engine, select: string): AsyncGenerator<Uint8Array> {
  for await (const [digests = []] of streamOf(engine, select))
    yield Buffer.from(digests.filter((digest) => typeof digest === "string").join(""), "hex");
}

/** Equal stretches from `first` to `last` inclusive, in whole ms. */
function slicesOf(rows: number, first: number, last: number): readonly { readonly from: number; readonly to: number }[] {
  const [count, span] = [Math.ceil(rows / SLICE_ROWS), last + 1 - first];
  const edge = (n: number) => first + Math.floor((span * n) / count);
  return Array.from({ length: count }, (_, n) => ({ from: edge(n), to: edge(n + 1) }));
}
