// A run over the real client of the tenant: what leaves, and when.

import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { startScriptedServer } from "../../../test/support/scripted-server.ts";
import { createTestClock } from "../../../test/support/test-clock.ts";
import { createTenant } from "../../tenant/index.ts";
import { OperationError } from "../error.ts";
import { JobLeave } from "../run/leave.ts";
import type { PlannedTag } from "../tagging/plan.ts";
import type { FinishedTag } from "../tagging/result.ts";
import { tagWork } from "../tagging/work.ts";
import type { RowLedger } from "./ledger.ts";
import { Committer, JobRun, type RowWork } from "./run.ts";

type SendRow = Extract<PlannedTag, { kind: "send" }>;

const row = (line: number): SendRow => ({
  kind: "send",
  assignment: { line, callId: `c${line}`, dispositionCodeId: "DISP_001", notes: "", tags: [] },
});

test("a row that waited for the budget while its process was frozen is not sent before the ledger was asked again", async () => {
  await using server = await startScriptedServer({ api: () => ({ json: { changed: true } }) });
  const clock = createTestClock();
  const tenant = createTenant(
    {
      hosts: server.url,
      token: { auth: "basic" },
      credentials: { clientId: "client", clientSecret: "secret" },
      limits: { "outbound-write": { perMinute: 1 } },
    },
    { clock },
  );
  const { dispositionWriter, callReader } = tenant.capabilities;
  // Nobody looks after it: by this clock the process stands still until the budget's timer fires, a minute after the first row.
  const leave = new JobLeave(clock, new AbortController().signal);
  const rows = [row(1), row(2)];
  const ledger = {
    chunk: async () => ({ done: false, rows, finished: new Set(), conflicts: new Map(), intentUpto: 0 }),
    advanceIntent: async () => undefined,
    withdrawIntent: async () => undefined,
    commit: async () => undefined,
  } as unknown as RowLedger<PlannedTag, FinishedTag>;
  const work = tagWork(dispositionWriter, callReader);
  const run = new JobRun("job_1", { ledger, work, clock, concurrency: 2, leave });
  const sending = run.sendChunk(0);

  await expect.poll(() => leave.confirmed() !== undefined, { timeout: 20_000 }).toBe(true);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  leave.end(new OperationError("job_state", "job job_1 was cancelled"));
  expect(await sending).toMatchObject({ stop: { code: "cancelled" } });
  expect(server.asked.length).toBe(1);
  await tenant.close();
});

test("after a kill no row that is stored is sent again, and few others are read, in whatever order answers come", async () => {
  const ROWS = 60;
  const item = ({ assignment: { line } }: SendRow) => ({ line, callId: `c${line}`, result: "tagged" }) as unknown as FinishedTag;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.scheduler(),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(ROWS),
      fc.nat(ROWS),
      async (before, after, concurrency, answers, recorded) => {
        const stored = new Set<number>();
        const read: number[] = [];
        const again: number[] = [];
        const process = (scheduler: typeof before, later: boolean) => {
          const clock = createTestClock();
          const ledger = {
            chunk: async () => ({
              done: false,
              rows: Array.from({ length: ROWS }, (_, n) => row(n + 1)),
              finished: new Set(later ? [...stored].slice(0, recorded) : []),
              conflicts: new Map(),
              intentUpto: later ? ROWS : 0,
            }),
            advanceIntent: async () => undefined,
            withdrawIntent: async () => undefined,
            closeChunk: async () => undefined,
            commit: async () => undefined,
          } as unknown as RowLedger<SendRow, FinishedTag>;
          const sent = async (sending: SendRow) => {
            const { line } = sending.assignment;
            await scheduler.schedule(Promise.resolve());
            if (later && stored.has(line)) again.push(line);
            stored.add(line);
            return {
              item: item(sending),
              attempts: 1,
              attemptLatenciesMs: [],
              latencyMs: 0,
              rateLimited: 0,
              unanswered: false,
              message: undefined,
              again: false,
            };
          };
          const looked = async (asked: SendRow) => {
            read.push(asked.assignment.line);
            await scheduler.schedule(Promise.resolve());
            return stored.has(asked.assignment.line) ? item(asked) : undefined;
          };
          const work = {
            lineOf: ({ assignment }: SendRow) => assignment.line,
            local: () => undefined,
            send: sent,
            stored: looked,
          } as unknown as RowWork<SendRow, FinishedTag>;
          return new JobRun("job_1", {
            ledger,
            work,
            clock,
            concurrency,
            leave: { halt: new AbortController().signal, confirmed: () => undefined },
          });
        };
        // The kill: so many answers have come, and nothing after them happens.
        void process(before, false).sendChunk(0);
        for (let n = 0; n < answers; n++) {
          while (before.count() === 0) await new Promise(setImmediate);
          await before.waitOne();
          for (let turn = 0; turn < 5; turn++) await Promise.resolve();
          if (stored.size === ROWS) break;
        }
        const last = Math.max(0, ...stored);
        await after.waitFor(process(after, true).sendChunk(0));
        expect(again).toEqual([]);
        expect(stored.size).toBe(ROWS);
        expect(Math.max(0, ...read)).toBeLessThan(last + 2 * concurrency);
      },
    ),
    { numRuns: 100 },
  );
});

const failure = new Error("the disk is full");

test("items are written in order; flush waits for all of them", async () => {
  const written: number[] = [];
  const committer = new Committer<number>(async (batch) => {
    await turnOfTheLoop();
    written.push(...batch.map(({ item }) => item));
  }, createTestClock());
  for (let n = 0; n < 1200; n++) committer.add(0, n);
  await committer.flush();
  expect(written).toEqual(Array.from({ length: 1200 }, (_, n) => n));
  committer.add(1, 1200);
  await committer.flush();
  expect(written.at(-1)).toBe(1200);
});

test("after a write that failed, whoever adds, flushes or waits for room gets the failure, and nothing more is written", async () => {
  let writes = 0;
  const committer = new Committer<number>(async () => {
    writes += 1;
    throw failure;
  }, createTestClock());
  committer.add(0, 1);
  await expect(committer.flush()).rejects.toBe(failure);
  expect(committer.broken).toBe(true);
  // The result of a send that was under way comes in after the failure.
  committer.add(0, 2);
  await expect(committer.flush()).rejects.toBe(failure);
  await expect(committer.room()).rejects.toBe(failure);
  expect(writes).toBe(1);
});
