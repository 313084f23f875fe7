// Follows a job of any kind to its end with progress on stderr, and reports it; reports what a job would do.

import type { ApiClient, HereOperation } from "../app/index.ts";
import { GOES_ON, OperationError } from "../operations/index.ts";
import type { CheckLine, JobDetail, PlanReport, Submitted } from "../operations/views/index.ts";
import type { ItemResult } from "../store/index.ts";
import { EXIT, exitOf } from "./exit.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";
import { jobLines, Pace, planLines, progressLine } from "./render-tagging.ts";
import { endedByInterrupt } from "./running.ts";
import { grouped, printable } from "./text.ts";

type Api = ApiClient<HereOperation>;

/** Runs a job to its end, or follows whoever does, with progress on stderr. The first SIGINT or SIGTERM ends it early, with everything recorded. */
export async function followJob(api: Api, id: string, io: Io): Promise<JobDetail> {
  using _listening = endedByInterrupt(io, api);
  const pace = new Pace();
  return await api.follow(
    "jobs.show",
    { params: { id } },
    {
      job: id,
      ended: ({ status }) => !GOES_ON.includes(status),
      onLook({ totalRows: total, counts, done, measured }, elsewhere) {
        const { retries = 0, rateLimited = 0 } = measured ?? {};
        const totalRows = total ?? 0;
        const phase = elsewhere ? "watching" : "sending";
        const speed = pace.note(performance.now(), done, totalRows);
        io.progress(progressLine({ totalRows, counts, retries, rateLimited, phase }, speed));
      },
      again: `outdial jobs show ${id} --wait`,
    },
  );
}

/** Writes the result rows and the summary. @returns the exit code */
export async function reportJob(
  api: Api,
  job: JobDetail,
  {
    output,
    only,
    shown = job,
  }: { readonly output?: Output | undefined; readonly only?: ItemResult | undefined; readonly shown?: object },
  io: Io,
): Promise<number> {
  const why: string[] = [];
  if (output !== undefined || job.totalRows === 1)
    for await (const row of api.lines("jobs.rows", { params: { id: job.id }, query: { result: only } })) {
      await output?.line(row);
      // One row is told with its reason; that of a refused one was told by the plan.
      if (job.totalRows === 1 && row.reason !== undefined && row.result !== "refused") why.push(`  ${printable(row.reason)}`);
    }
  io.say([...jobLines(job), ...why]);
  await io.answer(shown, output?.isStdout === true ? [] : `${job.id} ${job.status}`);
  return jobExit(job);
}

/** The exit code for an ended job. */
export function jobExit(job: JobDetail): number {
  if (job.status === "done") return EXIT.done;
  if (job.status === "partly_failed") return EXIT.partlyFailed;
  if (job.status === "running" || job.status === "ready") return EXIT.interrupted;
  return job.stop === null ? EXIT.failed : exitOf(job.stop.code);
}

/** Follows a job that was submitted, new or known, and reports it. @returns the exit code */
export async function runSubmitted(
  api: Api,
  { job: { id, status, plan }, earlier, ignoredColumns }: Submitted,
  output: Output | undefined,
  io: Io,
): Promise<number> {
  sayIgnored(ignoredColumns, io);
  // When the connection is lost, it can be found by its id.
  io.say(`job ${id}`);
  if (earlier) io.say(earlierLine({ id, status }));
  else if (plan !== null) io.say(planLines(plan));
  const ended = await followJob(api, id, io);
  return reportJob(api, ended, { output, shown: { job: ended, earlier } }, io);
}

/** The message about a job that existed before it was submitted. */
function earlierLine({ id, status }: Pick<JobDetail, "id" | "status">): string {
  return status === "done" || status === "partly_failed"
    ? `this file was run before as ${id}; its result follows (--again runs it again)`
    : `this file was begun as ${id} and is continued`;
}

/** What the service answers that was asked to make a job. */
export function madeIn<Answer extends object>(answer: Answer): Extract<Answer, Submitted> {
  if (!("job" in answer)) throw new TypeError("it was only checked what was to be carried out");
  return answer as Extract<Answer, Submitted>;
}

/** Most columns of a file that are named; the rest is counted. */
const MOST_NAMED = 20;

/** Reports the columns of a file that have no field. */
function sayIgnored(columns: readonly string[], io: Io): void {
  if (columns.length === 0) return;
  const more = columns.length > MOST_NAMED ? ` and ${grouped(columns.length - MOST_NAMED)} more` : "";
  io.say(`columns not used: ${columns.slice(0, MOST_NAMED).map(printable).join(", ")}${more}`);
}

/** Reports what a job would do that was only checked; each refused row goes to `output`. @returns the exit code */
export async function reportCheck(lines: AsyncIterable<CheckLine>, output: Output | undefined, io: Io): Promise<number> {
  let plan: PlanReport | undefined;
  for await (const line of lines) {
    if ("refused" in line) await output?.line(line.refused);
    else {
      plan = line.plan;
      sayIgnored(line.ignoredColumns, io);
    }
  }
  if (plan === undefined) throw new TypeError("a check has no result");
  io.say([...planLines(plan), "dry run: nothing was sent"]);
  await io.answer({ plan }, []);
  if (plan.toSend === 0 && plan.refused > 0) throw new OperationError("invalid_input", "no row of the file can be sent");
  return plan.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
