// outdial tag: validate, plan, run, report.

import { openTagging, validateWithTenant } from "../../app/index.ts";
import { parseMapping } from "../../operations/index.ts";
import { known, type Run } from "../command.ts";
import type * as declared from "../groups/tag.ts";
import { openOutput } from "../output.ts";
import { checking, refusedTo, reportDryRun, runSubmitted } from "../run-job.ts";
import { openInput } from "../source.ts";
import { printable } from "../text.ts";

export const tag: Run<typeof declared.tag> = async ({ args, options, io }) => {
  const { column, format, delimiter, campaign, again, out, concurrency } = options;
  const mapping = column.length === 0 ? undefined : parseMapping(column);
  const onIgnoredColumns = (names: readonly string[]) => {
    if (names.length > 0) io.say(`columns not used: ${names.map(printable).join(", ")}`);
  };
  const source = { ...(await openInput(args.file, io)), read: { format, delimiter, mapping, onIgnoredColumns } };
  if (options.dryRun) {
    await using output = await openOutput(out, io);
    const sink = { progress: checking(io), ...refusedTo(output) };
    return await reportDryRun(await validateWithTenant(options, io.env, source, campaign, sink), io);
  }
  await using runtime = await openTagging(options, io.env, { warn: io.say, ...known({ concurrency }) });
  const submitted = await runtime.tagging.submit(source, campaign, { again, onProgress: checking(io) });
  return await runSubmitted(runtime, submitted, out, io);
};
