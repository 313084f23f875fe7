// outdial demo --once: a sandbox, the example file, and what happened; ends by itself.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEventReceiver, openTagging } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { createSandbox } from "../../sandbox/index.ts";
import { examplePath } from "../examples.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { grouped, jobLines, Pace, planLines, progressLine } from "../render-tagging.ts";
import { tagSource } from "../source.ts";

const CAMPAIGN = "camp_primary_001";

export async function demoOnce(_args: readonly string[], flags: GlobalFlags, io: Io): Promise<number> {
  const interrupted = new AbortController();
  // From the first line on: whatever is open when the signal comes is closed, and the folder is removed.
  using _listening = io.onInterrupt(() => interrupted.abort());
  const goOn = () => {
    if (interrupted.signal.aborted) throw new OutdialError("interrupted", "interrupted: the demo is over, its folder is removed");
  };
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "outdial-demo-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const sandbox = createSandbox();
  stack.defer(() => sandbox.close());
  const receiver = await openEventReceiver();
  stack.defer(() => receiver.close());
  const { url } = await sandbox.listen();
  io.say(`sandbox tenant      ${url}`);
  io.say(`event receiver      ${receiver.url}`);
  goOn();
  const file = examplePath("calls.csv");
  const environment = {
    ...io.env,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_BI_URL: receiver.url,
    OUTDIAL_BI_SECRET: receiver.secret,
    OUTDIAL_ACTOR: "demo",
    DATABASE_URL: undefined,
  };
  await using runtime = await openTagging({ config: flags.config, dir, tenantUrl: url }, environment, {
    warn: (message) => io.say(message),
  });
  goOn();
  io.say(`tagging             examples/calls.csv, campaign ${CAMPAIGN}, within 100 requests a second`);
  const source = await tagSource(file, { column: [] }, io, () => undefined);
  const { job } = await runtime.tagging.submit(source, CAMPAIGN, {});
  if (job.plan !== undefined) for (const line of planLines(job.plan)) io.say(line);
  goOn();
  const ended = await watched(runtime, job.id, io, interrupted.signal);
  goOn();
  const delivered = await runtime.deliverEvents();
  goOn();
  const counts = await runtime.counts(job.id);
  io.say("");
  for (const line of jobLines(ended, counts, await runtime.rowsLeft(ended, counts))) io.say(line);
  io.say("rows the tenant did not take:");
  for (const result of ["locked", "not_found"] as const) {
    let shown = 0;
    for await (const row of runtime.rows(job.id, result)) {
      if (shown++ === 3) break;
      io.say(
        `  line ${row.line} ${row.callId}: ${result.replaceAll("_", " ")}${row.callStatus === undefined ? "" : `, the call is ${row.callStatus}`}`,
      );
    }
  }
  const verdict = await runtime.verifyAudit();
  io.say(
    verdict.ok
      ? `audit               ${grouped(verdict.size)} entries verified, ${grouped(verdict.checkpoints)} signed checkpoints`
      : `audit NOT intact: ${verdict.message}`,
  );
  io.say(
    `events              ${grouped(receiver.verified())} received with a valid signature, ${grouped(delivered.pending)} waiting`,
  );
  const whole = ended.status === "partly_failed" && verdict.ok && receiver.verified() === (counts.tagged ?? 0);
  if (io.json) await io.data(JSON.stringify({ job: { ...ended, counts }, audit: verdict, events: delivered }));
  else await io.data(whole ? "demo complete" : "demo NOT complete");
  return whole ? EXIT.done : EXIT.failed;
}

async function watched(runtime: Awaited<ReturnType<typeof openTagging>>, id: string, io: Io, interrupted: AbortSignal) {
  interrupted.addEventListener("abort", () => runtime.interrupt());
  const pace = new Pace();
  let spoken = 0;
  const ended = await runtime.tagging.run(id, (progress) => {
    const done = Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
    const line = progressLine(progress, pace.note(performance.now(), done, progress.totalRows), runtime.budgetLine());
    if (io.live) io.progress(line);
    else if (done >= spoken + 500) {
      spoken = done;
      io.say(`  ${line}`);
    }
  });
  if (ended.status === "stopped")
    throw new OutdialError(ended.stop?.code ?? "internal", ended.stop?.message ?? "the job stopped");
  return ended;
}
