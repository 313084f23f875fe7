// outdial outcomes runs and verify: what was retrieved, and whether the lake still holds it.

import { type OutcomeRecords, openOutcomeRecords } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { Retrieval } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { latencySeconds, retrievalLines, successRate, verdictLines } from "../render-outcomes.ts";
import { timeText } from "../render-tagging.ts";

export const runs: Run<typeof declared.runs> = async ({ args: { id }, options, io }) => {
  const { campaign: campaignId, limit, quarantine } = options;
  await using records = await openOutcomeRecords(options, io.env);
  if (quarantine) {
    if (id === undefined) throw new OperationError("invalid_input", "--quarantine needs the id of a retrieval");
    return showQuarantine(records, await one(records, id), io);
  }
  const shown = id === undefined ? await records.retrievals({ limit, campaignId }) : [await one(records, id)];
  const schedules = id === undefined ? await records.schedules() : [];
  await io.answer({ retrievals: shown.map(asData), schedules }, [
    ...shown.flatMap(retrievalLines),
    ...schedules.map(
      ({ campaignId, everyMs, nextAt }) => `scheduled: ${campaignId} every ${everyMs / 1000} s, next at ${timeText(nextAt)}`,
    ),
  ]);
  if (shown.length === 0 && !io.json) io.say("nothing was retrieved yet");
};

/** A retrieval with what follows from it. */
function asData(retrieval: Retrieval): object {
  return { ...retrieval, successRate: successRate(retrieval), latencySeconds: latencySeconds(retrieval) ?? null };
}

async function showQuarantine(records: OutcomeRecords, { jobId, campaignId }: Retrieval, io: Io): Promise<void> {
  const rows = await records.lake.query<Record<string, unknown>>(
    "SELECT reason, detail, call_id, observed_at, row FROM quarantine WHERE run_id = $1 ORDER BY observed_at, row",
    [jobId],
    { campaignId },
  );
  for (const row of rows) await io.data(JSON.stringify({ ...row, observed_at: timeText(Number(row["observed_at"])) }));
  io.say(`${rows.length} rows were put aside`);
}

export const verify: Run<typeof declared.verify> = async ({ args: { id }, options, io }) => {
  await using records = await openOutcomeRecords(options, io.env);
  const wanted = id === undefined ? await records.retrievals({ limit: options.limit }) : [await one(records, id)];
  const verdicts = [];
  for (const retrieval of wanted) {
    const verdict = await records.verify(retrieval);
    if (verdict === undefined) {
      io.say(`${retrieval.jobId} has not ended; there is nothing to compare with yet`);
      continue;
    }
    verdicts.push(verdict);
    if (!io.json) await io.data(verdictLines(verdict));
  }
  const ok = verdicts.every((verdict) => verdict.ok);
  await io.answer({ ok, retrievals: verdicts }, []);
  return ok ? EXIT.done : EXIT.failed;
};

async function one(records: OutcomeRecords, id: string): Promise<Retrieval> {
  const found = await records.retrieval(id);
  if (found !== undefined) return found;
  throw new OperationError("job_not_found", `there is no retrieval ${id}`, {
    advice: "outdial outcomes runs shows the retrievals of this store.",
  });
}
