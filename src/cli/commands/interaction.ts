// outdial interaction show, disposition, dispositions: a single correction runs as a job, like a file of them.

import { type ApiClient, type HereOperation, openApi } from "../../app/index.ts";
import { correctionsSource, type Entry, submitOne } from "../../operations/index.ts";
import type { CorrectionView, InteractionView, JobDetail } from "../../operations/views/index.ts";
import type { ItemResult } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/interaction.ts";
import type { Io } from "../io.ts";
import { withOutput } from "../output.ts";
import { followJob, jobExit, madeIn, reportCheck, runSubmitted } from "../run-job.ts";
import { MOST_OF_NAME, rowsToSend } from "../source.ts";
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
  await using api = await openApi(options, io);
  const found = await api.ask("interactions.show", { params: { id } });
  await io.answer(found, entryLines(found.dispositions, found.codes, io.width), "no dispositions yet");
  if (found.tag !== "") io.say(`version ${printable(found.tag)}`);
};

export const listInteractions: Run<typeof declared.listInteractions> = async ({ options, io }) => {
  const { interaction, limit } = options;
  await using api = await openApi(options, io);
  await io.each(
    (await api.ask("interactions.made", { query: { interaction, limit } })).items,
    ({ interactionId: id, at, actor, jobId, line, stored }) =>
      `${printable(id)}  ${at}  ${printable(actor)}  ${jobId} line ${line}  ${stored === null ? "not read back" : "read back"}`,
    { none: "no interaction was corrected from this store yet" },
  );
};

export const correctMany: Run<typeof declared.correctMany> = async ({ args, options, io }) => {
  const { policy, again, out, concurrency } = options;
  const { read, file } = await rowsToSend(args.file, options, io);
  await using api = await openApi(options, io, { concurrency });
  const query = { ...read, policy };
  return await withOutput(out, io, async (output) => {
    if (options.dryRun) return await reportCheck(api.lines("dispositions.check", { query, file }), output, io);
    const made = await api.ask("dispositions.submit", { query: { ...query, again }, file });
    return await runSubmitted(api, madeIn(made), output, io);
  });
};

/** The exit codes of results; any other result counts as failed. */
const EXIT_OF_RESULT: Readonly<Record<string, number>> = {
  success: EXIT.done,
  unchanged: EXIT.done,
  validation_error: EXIT.refused,
  forbidden: EXIT.notAuthorised,
  exhausted_retries: EXIT.vendorUnavailable,
} satisfies Partial<Record<ItemResult, number>>;

export const correctOne: Run<typeof declared.correctOne> = async ({ args: { id }, options, io }) => {
  const { code, agent: agentId, description, timestamp, etag, policy = "append" } = options;
  const correction = { code, agentId, description, timestamp, policy, etag };
  await using api = await openApi(options, io);
  if (options.dryRun) {
    const found = await api.ask("interactions.preview", { params: { id }, body: correction });
    io.say([...previewLines(found), "dry run: nothing was sent"]);
    await io.answer(found, []);
    return found.problems.length > 0 ? EXIT.refused : EXIT.done;
  }
  const file = correctionsSource([{ interactionId: id, ...correction }], io.clock.now());
  const query = { name: file.name.slice(0, MOST_OF_NAME), format: "ndjson", timestamp: file.read.timestamp };
  const submit = async (_: unknown, how: { readonly again: boolean }) =>
    madeIn(await api.ask("dispositions.submit", { query: { ...query, ...how }, file }));
  const { job } = await submitOne({ submit }, file);
  return await reportOne(api, await followJob(api, job.id, io), id, io);
};

const entriesOf = (value: unknown): readonly Entry[] => (Array.isArray(value) ? (value as readonly Entry[]) : []);

async function reportOne(api: ApiClient<HereOperation>, job: JobDetail, id: string, io: Io): Promise<number> {
  for await (const row of api.lines("jobs.rows", { params: { id: job.id } })) {
    const { line: _, ...shown } = row;
    await io.answer({ job: { id: job.id, status: job.status }, ...shown }, `${printable(id)} ${row.result}`);
    if (row.reason !== undefined) io.say(printable(row.reason));
    // Nothing is kept of a correction that was refused before a write.
    if (row.result === "conflict_persistent" && row.intended === undefined)
      io.say(`see it: outdial interaction show ${printable(id)}`);
    else if (row.result === "conflict_persistent")
      io.say(["ours:", ...entryLines(entriesOf(row.intended)).map((line) => `  ${line}`), "there:"]);
    io.say(entryLines(entriesOf(row.stored)).map((line) => `  ${line}`));
    return EXIT_OF_RESULT[row.result] ?? EXIT.failed;
  }
  // The row has no result because the job stopped before it.
  if (job.stop !== null) io.complain(`outdial: ${job.stop.message}`);
  await io.answer({ job: { id: job.id, status: job.status }, stop: job.stop }, []);
  return jobExit(job);
}
