// The model of the job ledger that simulated histories run on does what PostgreSQL does: the same calls in any order give the same answers.

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OutdialError } from "../../../src/kernel/index.ts";
import type { JobLedger } from "../../../src/store/index.ts";
import { LedgerModel } from "../../support/histories/ledger.ts";
import { scaled } from "../../support/scale.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.dispose());

type Name = Exclude<keyof JobLedger & keyof LedgerModel, symbol>;
type Call = readonly unknown[];

const OWNER = "a";
const owned = "select where $1::text is not null and $2::text = 'a'";
const executor = fc.constantFrom("a", "b");
const line = fc.integer({ min: 1, max: 6 });
const result = fc.constantFrom("tagged", "unknown", "locked", "failed");
const item = fc.record({ line, callId: fc.constant("c"), result, attempts: fc.constant(1) });
const status = fc.constantFrom("ready", "running", "stopped", "done", "cancelled");
const chunk = fc.nat(2);

/** A call upon a job, as its id is known. */
const call: fc.Arbitrary<(id: string) => Call> = fc.oneof(
  fc
    .constantFrom("getJob", "countAnnounced", "listChunkNumbers", "countItems", "listItems", "cancelJob")
    .map((name) => (id: string) => [name, id]),
  fc.tuple(fc.nat(2), status).map(([run, seen]) => (id: string) => ["openRun", { id, run, status: seen }]),
  fc.tuple(fc.nat(2), executor).map(([run, by]) => (id: string) => ["take", { jobId: id, run, workflow: "w", owned }, by]),
  executor.map((by) => (id: string) => ["letGo", id, by, { code: "interrupted" }]),
  executor.map((by) => (id: string) => ["getOwned", { jobId: id, run: 0, workflow: "w", owned }, by]),
  fc
    .tuple(status, fc.option(executor, { nil: undefined }), fc.option(fc.array(status), { nil: undefined }))
    .map(([to, by, from]) => (id: string) => ["updateJob", id, { status: to, totalRows: 6 }, from, by]),
  chunk.map((no) => (id: string) => ["readChunk", id, no]),
  line.map((one) => (id: string) => ["chunkOfLine", id, one]),
  fc.tuple(chunk, line, fc.option(executor, { nil: undefined })).map(([no, upto, by]) => (id: string) => [
    "advanceIntent",
    id,
    no,
    upto,
    by,
  ]),
  fc.tuple(chunk, line, executor).map(([no, upto, by]) => (id: string) => ["withdrawIntent", id, no, upto, by]),
  fc
    .tuple(executor, chunk, fc.uniqueArray(item, { selector: (one) => one.line, maxLength: 4 }), fc.boolean())
    .map(([by, no, items, done]) => (id: string) => [
      "commitBatch",
      { jobId: id, executor: by, chunkNo: no, items, ...(done && { chunkDone: true }) },
    ]),
  fc.tuple(executor, line, result).map(([by, one, to]) => (id: string) => [
    "updateItem",
    { jobId: id, executor: by, line: one, set: { result: to } },
  ]),
);

test("any calls in any order", async () => {
  const { store, clock } = opened;
  let jobs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 30 }), async (calls) => {
      const id = `job_model_${jobs++}`;
      const model = new LedgerModel(
        () => clock.now(),
        (_, by) => by === OWNER,
      );
      const job = { id, kind: "tag", sourceName: "f", contentHash: id, actor: "p", status: "ready" as const };
      const chunks = [0, 1].map((no) => ({ chunkNo: no, firstLine: 3 * no + 1, lastLine: 3 * no + 3, payload: "[]" }));
      for (const ledger of [model, store.jobs]) {
        await ledger.createJob(job);
        await ledger.addChunks(id, chunks);
        await ledger.addConflicts(id, [{ line: 2, otherLine: 5 }]);
      }
      for (const make of calls) {
        const [name, ...args] = make(id) as [Name, ...unknown[]];
        expect([name, args, await ended(model, name, args)]).toEqual([name, args, await ended(store.jobs, name, args)]);
      }
    }),
    { numRuns: scaled(1000, 25), seed: Number(process.env["TEST_SEED"]) },
  );
});

/** What a call gives, or the code of its refusal; an order of lines is no part of it. */
async function ended(ledger: object, name: Name, args: unknown[]): Promise<unknown> {
  try {
    const value: unknown = await (Reflect.get(ledger, name) as (...given: unknown[]) => unknown).apply(ledger, args);
    return typeof value === "object" && value !== null && "lines" in value ? new Set(value.lines as number[]) : value;
  } catch (thrown) {
    if (!(thrown instanceof OutdialError)) throw thrown;
    return thrown.code;
  }
}
