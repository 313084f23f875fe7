// outdial tag: validate, plan, run, report.

import { openTagging, ServiceJobs, validateWithTenant } from "../../app/index.ts";
import { type CallTag, OperationError, parseMapping, submitOne, type TagSource, tagSource } from "../../operations/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import type * as declared from "../groups/tag.ts";
import { withOutput } from "../output.ts";
import { checking, refusedTo, reportDryRun, reportServiceDryRun, runSubmitted, sayIgnored } from "../run-job.ts";
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
  if (options.service !== undefined) {
    const service = new ServiceJobs(options.service, { clock: io.clock, warn: io.say });
    if (options.dryRun) return await reportServiceDryRun(() => service.checkTags(source, campaign, instead), out, io);
    const submit = (given: TagSource, { again }: { again: boolean }) => service.submitTags(given, campaign, { again, instead });
    return await withOutput(out, io, async (output) => {
      const made =
        one === undefined ? await submit(source, { again }) : { job: await submitOne({ submit }, source), earlier: false };
      return await runSubmitted(service, made, output, io);
    });
  }
  if (options.dryRun)
    return await withOutput(out, io, async (output) => {
      const sink = { progress: checking(io), ...refusedTo(output) };
      const plan = await validateWithTenant(options, io.env, source, campaign, instead, sink);
      if (instead === "record") io.say("--instead record sends nothing: these rows would be recorded here");
      return await reportDryRun(plan, io);
    });
  return await withOutput(out, io, async (output) => {
    await using runtime = await openTagging(options, io.env, { warn: io.say, ...known({ concurrency }) });
    const submitted =
      one === undefined
        ? await runtime.tagging.submit(source, campaign, { again, instead, onProgress: checking(io) })
        : {
            job: await submitOne(
              { submit: (given, how) => runtime.tagging.submit(given, campaign, { ...how, instead }) },
              source,
            ),
            earlier: false,
          };
    return await runSubmitted(runtime, submitted, output, io);
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
