// The digests of calls in order, day by day, for the hash of a retrieval. When each call has only one version, which is nearly
// always so, they are sorted slice by slice, so that memory does not grow with the day; otherwise the latest versions of the
// whole day are found first.

import type { LakeFile, RecordQuery } from "../lake.ts";
import type { Engine } from "./engine.ts";
import { oneBlobOf, oneRowOf, streamOf } from "./rows.ts";
import { digestShapeSql, digestSliceSql, recordsSql } from "./views.ts";

/** Approximate number of rows in a slice. Each slice reads the footers of all files again; larger slices need more memory. */
const SLICE_ROWS = 32_768;

/** What is to be hashed. `first` and `last`: the earliest and latest start, ms since the epoch; null when there are no calls. */
interface Shape {
  readonly once: boolean;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
}

/**
 * Digests, many in one array: one by one they would take most of a query's time. An array is valid until the next one is
 * requested.
 */
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
        // Freed now instead of at the next garbage collection.
        digests.buffer.transfer(0);
      }
    } else yield* oneByOne(engine, recordsSql(root, files, query, "lower(hex(digest))"));
  }
}

/** The answers to all questions in order; while one answer is used, the next one is fetched. */
async function* ahead<Asked, Answer>(all: readonly Asked[], ask: (one: Asked) => Promise<Answer>): AsyncGenerator<Answer> {
  const [first, ...others] = all;
  if (first === undefined) return;
  let coming = ask(first);
  try {
    for (const next of others) {
      const answer = await coming;
      coming = ask(next);
      // The failure is thrown where the promise is awaited.
      coming.catch(() => undefined);
      yield answer;
    }
    yield await coming;
  } finally {
    // The engine may be closed next, and must not be closed during a query.
    await coming.catch(() => undefined);
  }
}

async function* oneByOne(engine: Engine, select: string): AsyncGenerator<Uint8Array> {
  for await (const [digests = []] of streamOf(engine, select))
    yield Buffer.from(digests.filter((digest) => typeof digest === "string").join(""), "hex");
}

/** Equal spans from `first` to `last` inclusive, in whole ms. */
function slicesOf(rows: number, first: number, last: number): readonly { readonly from: number; readonly to: number }[] {
  const [count, span] = [Math.ceil(rows / SLICE_ROWS), last + 1 - first];
  const edge = (n: number) => first + Math.floor((span * n) / count);
  return Array.from({ length: count }, (_, n) => ({ from: edge(n), to: edge(n + 1) }));
}
