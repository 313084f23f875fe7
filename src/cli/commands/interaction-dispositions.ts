// outdial interaction dispositions: corrections in bulk.

import { openCorrections, validateCorrectionsWithTenant } from "../../app/index.ts";
import { type CorrectionSource, OperationError, POLICIES, type Policy, type RefusedRow } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { oneOf, wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, planLines } from "../render-tagging.ts";
import { earlierLine, runAndReport } from "../run-job.ts";
import { columnMapping, formatOf, openInput, type SourceFlags } from "../source.ts";

interface Flags extends SourceFlags, GlobalFlags {
  readonly policy?: string;
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly again?: boolean;
  readonly concurrency?: string;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

export async function correctMany([file = "-"]: readonly string[], flags: Flags, io: Io): Promise<number> {
  const source = await sourceOf(file, flags, io);
  const concurrency = flags.concurrency === undefined ? undefined : wholeNumber("--concurrency", flags.concurrency, 1, 128);
  if (flags.dryRun === true) return dryRun(source, flags, io);
  await using runtime = await openCorrections(flags, io.env, {
    warn: (message) => io.say(message),
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const { job, earlier } = await runtime.corrections.submit(source, {
    ...(flags.again === undefined ? {} : { again: flags.again }),
    onProgress: (rows) => io.progress(`checking rows · ${grouped(rows)}`),
  });
  if (earlier) io.say(earlierLine(job));
  else if (job.plan !== undefined) for (const line of planLines(job.plan)) io.say(line);
  return await runAndReport(runtime, job, flags.out, io);
}

async function sourceOf(file: string, flags: Flags, io: Io): Promise<CorrectionSource> {
  const policy = flags.policy === undefined ? undefined : oneOf<Policy>("--policy", flags.policy, POLICIES);
  const mapping = columnMapping(flags.column);
  return { ...(await openInput(file, io)), read: { ...formatOf(flags), policy, mapping } };
}

async function dryRun(source: CorrectionSource, flags: Flags, io: Io): Promise<number> {
  await using output = flags.out === undefined ? undefined : await openOutput(flags.out, io);
  const sink = {
    progress: (rows: number) => io.progress(`checking rows · ${grouped(rows)}`),
    ...(output === undefined ? {} : { refused: (row: RefusedRow) => output.line(row) }),
  };
  const plan = await validateCorrectionsWithTenant(source, sink, flags, io.env);
  for (const line of planLines(plan)) io.say(line);
  io.say("dry run: nothing was sent");
  if (io.json) await io.data(JSON.stringify({ plan }));
  if (plan.toSend === 0 && plan.refused > 0) throw new OperationError("invalid_input", "no row of the file can be sent");
  return plan.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
