// outdial interaction disposition: one correction, by the same job as a file of them.

import { type CorrectionsRuntime, openCorrections, previewWithTenant } from "../../app/index.ts";
import { type CorrectionSource, ENDED, POLICIES, type Policy, type RowJob } from "../../operations/index.ts";
import type { ItemResult } from "../../store/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { oneOf } from "../options.ts";
import { entryLines, previewLines } from "../render-interaction.ts";
import { printable } from "../render-tagging.ts";
import { jobExit, runJob } from "../run-job.ts";

interface Flags extends GlobalFlags {
  readonly code: string;
  readonly agent: string;
  readonly description?: string;
  readonly timestamp?: string;
  readonly policy?: string;
  readonly dryRun?: boolean;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

/** The exit codes of results; a row that ended otherwise failed. */
const EXIT_OF_RESULT: Readonly<Partial<Record<ItemResult, number>>> = {
  success: EXIT.done,
  unchanged: EXIT.done,
  validation_error: EXIT.refused,
  forbidden: EXIT.notAuthorised,
  exhausted_retries: EXIT.vendorUnavailable,
};

export async function correctOne([id = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  const policy = flags.policy === undefined ? "append" : oneOf<Policy>("--policy", flags.policy, POLICIES);
  if (flags.dryRun === true) return preview(id, policy, flags, io);
  await using runtime = await openCorrections(flags, io.env, { warn: (message) => io.say(message) });
  const job = await runJob(runtime, await jobOf(runtime, sourceOf(id, policy, flags)), io);
  for await (const row of runtime.rows(job.id)) {
    const { line: _, ...shown } = row;
    if (io.json) await io.data(JSON.stringify({ job: { id: job.id, status: job.status }, ...shown }));
    else await io.data(`${printable(id)} ${row.result}`);
    if (row.reason !== undefined) io.say(printable(row.reason));
    if (row.result === "conflict_persistent") {
      io.say("ours:");
      for (const line of entryLines(row.intended ?? [])) io.say(`  ${line}`);
      io.say("there:");
    }
    for (const line of entryLines(row.stored ?? [])) io.say(`  ${line}`);
    return EXIT_OF_RESULT[row.result] ?? EXIT.failed;
  }
  // No row has a result: the job stopped before it.
  if (job.stop !== undefined) io.complain(`outdial: ${job.stop.message}`);
  if (io.json) await io.data(JSON.stringify({ job: { id: job.id, status: job.status }, stop: job.stop }));
  return jobExit(job);
}

/** The same correction that was not finished is gone on with; one that was is looked at anew. */
async function jobOf({ corrections }: CorrectionsRuntime, source: CorrectionSource): Promise<RowJob> {
  const { job, earlier } = await corrections.submit(source, {});
  if (!earlier || !ENDED.includes(job.status)) return job;
  return (await corrections.submit(source, { again: true })).job;
}

/** A file of one row. The present as its time is no part of its content, so that the command is recognised when it is given again. */
function sourceOf(id: string, policy: Policy, { code, agent, description, timestamp }: Flags): CorrectionSource {
  const bytes = Buffer.from(
    JSON.stringify({
      interaction_id: id,
      code,
      description: description ?? "",
      agent_id: agent,
      timestamp: timestamp ?? "",
      policy,
    }),
  );
  return {
    name: `interaction ${id}`.slice(0, 200),
    async *bytes() {
      yield bytes;
    },
    rereadable: true,
    read: { format: "ndjson", timestamp: new Date().toISOString() },
  };
}

async function preview(id: string, policy: Policy, flags: Flags, io: Io): Promise<number> {
  const row = {
    line: 1,
    interactionId: id,
    code: flags.code,
    description: flags.description ?? "",
    agentId: flags.agent,
    timestamp: flags.timestamp ?? new Date().toISOString(),
    policy,
  };
  const found = await previewWithTenant(row, flags, io.env);
  for (const line of previewLines(found)) io.say(line);
  io.say("dry run: nothing was sent");
  if (io.json) {
    const after = found.merge?.kind === "write" ? found.merge.dispositions : found.now.dispositions;
    await io.data(JSON.stringify({ interactionId: id, before: found.now.dispositions, after, problems: found.problems }));
  }
  return found.problems.length > 0 ? EXIT.refused : EXIT.done;
}
