// outdial interaction show, disposition, dispositions: a single correction runs as a job, like a file of them.

import { openApi, openCorrections, openInteractionChanges, openInteractions, ServiceClient } from "../../app/index.ts";
import { type CorrectionSource, correctionsSource, type Entry, type Policy, submitOne } from "../../operations/index.ts";
import type { CorrectionView, InteractionView, JobDetail } from "../../operations/views/index.ts";
import type { ItemResult } from "../../store/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/interaction.ts";
import type { Io } from "../io.ts";
import { withOutput } from "../output.ts";
import {
  checking,
  jobExit,
  type Runnable,
  refusedTo,
  reportDryRun,
  reportServiceDryRun,
  runJob,
  runSubmitted,
  serviceJobs,
} from "../run-job.ts";
import { rowSource } from "../source.ts";
import { table } from "../table.ts";
import { printable } from "../text.ts";

/** One line for each entry, in columns; retired codes are marked. */
function entryLines(entries: readonly Entry[], tree?: InteractionView["codes"], width?: number): string[] {
  const state = (code: string) => {
    const node = tree?.[code];
    return tree === undefined || node?.["active"] === true ? "" : node === undefined ? " (not in the tree)" : " (retired)";
  };
  const columns = [
    ({ code }: Entry) => code,
    ({ description, code }: Entry) => `${description}${state(code)}`,
    (entry: Entry) => entry.agent_id,
    (entry: Entry) => entry.timestamp,
    (entry: Entry) => entry.source,
  ].map((value) => ({ title: "", value }));
  return table(columns, { heads: false, widest: 200 }).lines(entries, width);
}

/** What a correction would do: entries that stay, entries that are removed, and the one that is added. */
function previewLines({ before, after, problems }: CorrectionView): string[] {
  if (problems.length > 0) return problems.map(({ message }) => printable(message));
  const is = (one: Entry) => (other: Entry) => JSON.stringify(one) === JSON.stringify(other);
  const all = [...before, ...after.filter((entry) => !before.some(is(entry)))];
  const marks = all.map((entry) => (!after.some(is(entry)) ? "-" : before.some(is(entry)) ? " " : "+"));
  if (marks.every((mark) => mark === " ")) return ["it is there already:", ...entryLines(before).map((line) => `    ${line}`)];
  return entryLines(all).map((line, index) => `  ${marks[index]} ${line}`);
}

export const showInteraction: Run<typeof declared.showInteraction> = async ({ args: { id }, options, io }) => {
  await using api = openApi(options, io);
  const found = await api.ask("interactions.show", { params: { id } });
  await io.answer(found, entryLines(found.dispositions, found.codes, io.width), "no dispositions yet");
  io.say(`version ${printable(found.tag)}`);
};

export const listInteractions: Run<typeof declared.listInteractions> = async ({ options, io }) => {
  const { interaction: interactionId, limit } = options;
  const items = await openInteractionChanges(options, io.env, { interactionId, limit });
  await io.each(
    items,
    ({ interactionId: id, at, actor, jobId, line, stored }) =>
      `${printable(id)}  ${at}  ${printable(actor)}  ${jobId} line ${line}  ${stored === null ? "not read back" : "read back"}`,
    { none: "no interaction was corrected from this store yet" },
  );
};

export const correctMany: Run<typeof declared.correctMany> = async ({ args, options, io }) => {
  const { policy, again, out, concurrency } = options;
  const rows = await rowSource(args.file, options, io);
  const source: CorrectionSource = { ...rows, read: { ...rows.read, policy } };
  const there = serviceJobs(options, io);
  if (options.dryRun && there !== undefined) return await reportServiceDryRun(() => there.checkCorrections(source), out, io);
  return await withOutput(out, io, async (output) => {
    if (options.dryRun) {
      const sink = { progress: checking(io), ...refusedTo(output) };
      await using interactions = await openInteractions(options, io.env, { dryRun: true });
      return await reportDryRun(await interactions.check(source, sink), io);
    }
    await using runtime = there ?? (await openCorrections(options, io.env, { warn: io.say, ...known({ concurrency }) }));
    const submitted = await runtime.corrections.submit(source, { again, onProgress: checking(io) });
    return await runSubmitted(runtime, submitted, output, io);
  });
};

/** The exit codes of results; any other result counts as failed. */
const EXIT_OF_RESULT: Readonly<Partial<Record<ItemResult, number>>> = {
  success: EXIT.done,
  unchanged: EXIT.done,
  validation_error: EXIT.refused,
  forbidden: EXIT.notAuthorised,
  exhausted_retries: EXIT.vendorUnavailable,
};

type One = OptionsOf<typeof declared.correctOne>;

export const correctOne: Run<typeof declared.correctOne> = async ({ args: { id }, options, io }) => {
  const policy = options.policy ?? "append";
  if (options.dryRun) return preview(id, policy, options, io);
  const { code, agent: agentId, description, timestamp, etag } = options;
  const source = correctionsSource([{ interactionId: id, code, agentId, description, timestamp, policy, etag }], io.clock.now());
  await using runtime = serviceJobs(options, io) ?? (await openCorrections(options, io.env, { warn: io.say }));
  const submit = (given: CorrectionSource, how: { readonly again: boolean }) => runtime.corrections.submit(given, how);
  return await reportOne(runtime, await runJob(runtime, await submitOne({ submit }, source), io), id, io);
};

async function reportOne(runtime: Pick<Runnable, "records">, job: JobDetail, id: string, io: Io): Promise<number> {
  for await (const row of (await runtime.records.rows(job.id)).rows) {
    const { line: _, ...shown } = row;
    await io.answer({ job: { id: job.id, status: job.status }, ...shown }, `${printable(id)} ${row.result}`);
    if (row.reason !== undefined) io.say(printable(row.reason));
    // Nothing is kept of a correction that was refused before a write.
    if (row.result === "conflict_persistent" && row.intended === undefined)
      io.say(`see it: outdial interaction show ${printable(id)}`);
    else if (row.result === "conflict_persistent")
      io.say(["ours:", ...entryLines(row.intended ?? []).map((line) => `  ${line}`), "there:"]);
    io.say(entryLines(row.stored ?? []).map((line) => `  ${line}`));
    return EXIT_OF_RESULT[row.result] ?? EXIT.failed;
  }
  // The row has no result because the job stopped before it.
  if (job.stop !== null) io.complain(`outdial: ${job.stop.message}`);
  await io.answer({ job: { id: job.id, status: job.status }, stop: job.stop }, []);
  return jobExit(job);
}

async function preview(id: string, policy: Policy, options: One, io: Io): Promise<number> {
  const { code, agent: agentId, description, timestamp, etag, service } = options;
  const correction = { code, agentId, description, timestamp, policy, etag };
  const previewHere = async () => {
    await using interactions = await openInteractions(options, io.env, { dryRun: true });
    return await interactions.preview(id, correction);
  };
  const found = await (service === undefined
    ? previewHere()
    : new ServiceClient(service, io.signal).ask("interactions.preview", { params: { id }, body: correction }));
  io.say([...previewLines(found), "dry run: nothing was sent"]);
  await io.answer(found, []);
  return found.problems.length > 0 ? EXIT.refused : EXIT.done;
}
