// outdial tag: validate, plan, run, report.

import { openApi } from "../../app/index.ts";
import { type CallTag, OperationError, submitOne, tagSource } from "../../operations/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import type * as declared from "../groups/tag.ts";
import { withOutput } from "../output.ts";
import { madeIn, reportCheck, runSubmitted } from "../run-job.ts";
import { MOST_OF_NAME, rowsToSend } from "../source.ts";

export const tag: Run<typeof declared.tag> = async ({ args, options, io }) => {
  const { campaign: id, again, out, concurrency, instead } = options;
  const one = oneCall(args.file, options);
  const given =
    one === undefined
      ? await rowsToSend(args.file ?? "", options, io)
      : { file: tagSource([one]), read: { name: `call ${one.callId}`.slice(0, MOST_OF_NAME), format: "ndjson" } };
  await using api = await openApi(options, io, { concurrency });
  const asked = { params: { id }, query: { ...given.read, instead }, file: given.file };
  return await withOutput(out, io, async (output) => {
    if (options.dryRun) {
      const exit = await reportCheck(api.lines("tags.check", asked), output, io);
      if (instead === "record")
        io.say(
          "--instead record sends nothing but the question whether the tenant has each call: these rows would be recorded here",
        );
      return exit;
    }
    const submit = async (_: unknown, how: { readonly again: boolean }) =>
      madeIn(await api.ask("tags.submit", { ...asked, query: { ...asked.query, ...how } }));
    return await runSubmitted(
      api,
      await (one === undefined ? submit(given, { again }) : submitOne({ submit }, given)),
      output,
      io,
    );
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
