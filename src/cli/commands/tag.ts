// outdial tag: validate, plan, run, report.

import { openTagging } from "../../app/index.ts";
import { OperationError, type RefusedRow } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, planLines, printable } from "../render-tagging.ts";
import { earlierLine, runAndReport } from "../run-job.ts";
import { type SourceFlags, tagSource } from "../source.ts";

export interface TagFlags extends SourceFlags, GlobalFlags {
  readonly campaign: string;
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly again?: boolean;
  readonly concurrency?: string;
  readonly tenantUrl?: string;
  readonly databaseUrl?: string;
}

export async function tag([file = "-"]: readonly string[], flags: TagFlags, io: Io): Promise<number> {
  const source = await tagSource(file, flags, io, (names) => {
    if (names.length > 0) io.say(`columns not used: ${names.map(printable).join(", ")}`);
  });
  const concurrency = flags.concurrency === undefined ? undefined : wholeNumber("--concurrency", flags.concurrency, 1, 512);
  if (flags.dryRun === true) return dryRun(source, flags, io);
  await using runtime = await openTagging(flags, io.env, {
    warn: (message) => io.say(message),
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const { job, earlier } = await runtime.tagging.submit(source, flags.campaign, {
    ...(flags.again === undefined ? {} : { again: flags.again }),
    onProgress: (rows) => io.progress(`checking rows · ${grouped(rows)}`),
  });
  if (earlier) io.say(earlierLine(job));
  else if (job.plan !== undefined) for (const line of planLines(job.plan)) io.say(line);
  return await runAndReport(runtime, job, flags.out, io);
}

async function dryRun(source: Awaited<ReturnType<typeof tagSource>>, flags: TagFlags, io: Io): Promise<number> {
  const { validateWithTenant } = await import("../../app/index.ts");
  await using output = flags.out === undefined ? undefined : await openOutput(flags.out, io);
  const plan = await validateWithTenant(flags, io.env, source, flags.campaign, {
    progress: (rows) => io.progress(`checking rows · ${grouped(rows)}`),
    ...(output === undefined ? {} : { refused: (row: RefusedRow) => output.line(row) }),
  });
  for (const line of planLines(plan)) io.say(line);
  io.say("dry run: nothing was sent");
  if (io.json) await io.data(JSON.stringify({ plan }));
  if (plan.toSend === 0 && plan.refused > 0) throw new OperationError("invalid_input", "no row of the file can be sent");
  return plan.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
