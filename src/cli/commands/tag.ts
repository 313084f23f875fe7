// outdial tag: validate, plan, run, report.

import { openTagging, validateWithTenant } from "../../app/index.ts";
import { type CallTag, OperationError, parseMapping, submitOne, type TagSource, tagSource } from "../../operations/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import type * as declared from "../groups/tag.ts";
import { withOutput } from "../output.ts";
import { checking, refusedTo, reportDryRun, reportServiceDryRun, runSubmitted, sayIgnored, serviceJobs } from "../run-job.ts";
import { openInput } from "../source.ts";

export const tag: Run<typeof declared.tag> = async ({ args, options, io }) => {
  const { column, format, delimiter, campaign, again, out, concurrency, instead } = options;
  const mapping = column.length === 0 ? undefined : parseMapping(column);
  const onIgnoredColumns = (names: readonly string[]) => sayIgnored(names, io);
  const one = oneCall(args.file, options);
  const source: TagSource =
    one === undefined
      ? { ...(await openInput(args.file ?? "", io)), read: { format, delimiter, mapping, onIgnoredColumns } }
      : tagSource([one]);
  const there = serviceJobs(options, io);
  if (options.dryRun && there !== undefined)
    return await reportServiceDryRun(() => there.checkTags(source, campaign, instead), out, io);
  return await withOutput(out, io, async (output) => {
    if (options.dryRun) {
      const sink = { progress: checking(io), ...refusedTo(output) };
      const plan = await validateWithTenant(options, io.env, source, campaign, instead, sink);
      if (instead === "record")
        io.say(
          "--instead record sends nothing but the question whether the tenant has each call: these rows would be recorded here",
        );
      return await reportDryRun(plan, io);
    }
    await using runtime = there ?? (await openTagging(options, io.env, { warn: io.say, ...known({ concurrency }) }));
    const submit = (given: TagSource, how: { readonly again: boolean }) =>
      runtime.tagging.submit(given, campaign, { ...how, instead, onProgress: checking(io) });
    const made =
      one === undefined ? await submit(source, { again }) : { job: await submitOne({ submit }, source), earlier: false };
    return await runSubmitted(runtime, made, output, io);
  });
};

/** The call named by --call; undefined for a file. Throws `invalid_input` unless exactly one of the two is given. */
function oneCall(file: string | undefined, options: OptionsOf<typeof declared.tag>): CallTag | undefined {
  const { call: callId, code, reason, notes, tags } = options;
  if (callId === undefined) {
    if (file === undefined) throw new OperationError("invalid_input", "a file is needed, or --call ID --code CODE for one call");
    if ([code, reason, notes, tags].some((one) => one !== undefined))
      throw new OperationError("invalid_input", "--code, --reason, --notes and --tags are for one call: --call ID");
    return undefined;
  }
  if (file !== undefined) throw new OperationError("invalid_input", "--call is for one call and cannot be used with a file");
  if (code === undefined) throw new OperationError("invalid_input", "--call needs --code, the disposition of the call");
  return { callId, dispositionCodeId: code, reasonCodeId: reason, notes, tags };
}
