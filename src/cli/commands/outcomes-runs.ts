// outdial outcomes runs and verify: what was retrieved, and whether the lake still holds it.

import { type OutcomeRecords, openOutcomeRecords } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { Retrieval } from "../../store/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { wholeNumber } from "../options.ts";
import { latencySeconds, retrievalLines, successRate, verdictLines } from "../render-outcomes.ts";

interface Flags extends GlobalFlags {
  readonly campaign?: string;
  readonly limit: string;
  readonly quarantine?: boolean;
  readonly databaseUrl?: string;
}

export async function runs([id]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openOutcomeRecords(flags, io.env);
  const limit = wholeNumber("--limit", flags.limit, 1, 1000);
  if (flags.quarantine === true) {
    if (id === undefined) throw new OperationError("invalid_input", "--quarantine needs the id of a retrieval");
    return showQuarantine(records, await one(records, id), io);
  }
  const shown = id === undefined ? await records.retrievals({ limit, campaignId: flags.campaign }) : [await one(records, id)];
  const schedules = id === undefined ? await records.schedules() : [];
  if (io.json) await io.data(JSON.stringify({ retrievals: shown.map(asData), schedules }));
  else {
    for (const retrieval of shown) for (const line of retrievalLines(retrieval)) await io.data(line);
    for (const schedule of schedules) {
      const next = new Date(schedule.nextAt).toISOString();
      await io.data(`scheduled: ${schedule.campaignId} every ${schedule.everyMs / 1000} s, next at ${next}`);
    }
    if (shown.length === 0) io.say("nothing was retrieved yet");
  }
  return EXIT.done;
}

/** A retrieval with what follows from it. */
function asData(retrieval: Retrieval): object {
  return { ...retrieval, successRate: successRate(retrieval), latencySeconds: latencySeconds(retrieval) ?? null };
}

async function showQuarantine(records: OutcomeRecords, { jobId, campaignId }: Retrieval, io: Io): Promise<number> {
  const rows = await records.lake.query<Record<string, unknown>>(
    "SELECT reason, detail, call_id, observed_at, row FROM quarantine WHERE run_id = $1 ORDER BY observed_at, row",
    [jobId],
    { campaignId },
  );
  for (const row of rows)
    await io.data(JSON.stringify({ ...row, observed_at: new Date(Number(row["observed_at"])).toISOString() }));
  io.say(`${rows.length} rows were put aside`);
  return EXIT.done;
}

export async function verify([id]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using records = await openOutcomeRecords(flags, io.env);
  const limit = wholeNumber("--limit", flags.limit, 1, 1000);
  const wanted = id === undefined ? await records.retrievals({ limit }) : [await one(records, id)];
  let differing = 0;
  const verdicts = [];
  for (const retrieval of wanted) {
    const verdict = await records.verify(retrieval);
    if (verdict === undefined) {
      io.say(`${retrieval.jobId} has not ended; there is nothing to compare with yet`);
      continue;
    }
    if (!verdict.ok) differing += 1;
    verdicts.push(verdict);
    if (!io.json) for (const line of verdictLines(verdict)) await io.data(line);
  }
  if (io.json) await io.data(JSON.stringify({ ok: differing === 0, retrievals: verdicts }));
  return differing === 0 ? EXIT.done : EXIT.failed;
}

async function one(records: OutcomeRecords, id: string): Promise<Retrieval> {
  const found = await records.retrieval(id);
  if (found !== undefined) return found;
  throw new OperationError("job_not_found", `there is no retrieval ${id}`, {
    advice: "outdial outcomes runs shows the retrievals of this store.",
  });
}
