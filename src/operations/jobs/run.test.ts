// A run over the real client of the tenant: what leaves, and when.

import { expect, test } from "vitest";
import { startScriptedServer } from "../../../test/support/scripted-server.ts";
import { createTestClock } from "../../../test/support/test-clock.ts";
import { createTenant } from "../../tenant/index.ts";
import { OperationError } from "../error.ts";
import { JobLeave } from "../run/leave.ts";
import type { PlannedRow } from "../tagging/plan.ts";
import type { FinishedItem } from "../tagging/result.ts";
import { tagWork } from "../tagging/work.ts";
import type { RowLedger } from "./ledger.ts";
import { JobRun } from "./run.ts";

const row = (line: number): PlannedRow => ({
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
  } as unknown as RowLedger<PlannedRow, FinishedItem>;
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
