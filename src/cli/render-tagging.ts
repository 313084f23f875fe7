// Text about a tagging job: the progress line, the report of a plan, the summary of a job. Pure text.

import type { HistogramSummary } from "../kernel/index.ts";
import type { JobProgress, PlanReport, RefusedRow } from "../operations/index.ts";
import type { JobDetail } from "../operations/views/index.ts";
import type { ItemCounts, ItemResult } from "../store/index.ts";
import { duration, grouped, numberOf, printable } from "./text.ts";

const NAMES: Readonly<Record<ItemResult, string>> = {
  tagged: "tagged",
  contact_tagged: "with a tag on the contact, the disposition as it was",
  success: "success",
  acknowledged: "acknowledged",
  unchanged: "unchanged",
  recorded: "recorded here, not at the tenant",
  duplicate: "duplicate",
  refused: "refused",
  validation_error: "validation errors",
  locked: "locked",
  conflict_persistent: "persistent conflicts",
  exhausted_retries: "out of retries",
  not_found: "not found",
  forbidden: "forbidden",
  unknown: "unknown",
  failed: "failed",
};

/** `1,973 tagged · 13 refused`, without the results that did not occur. */
export function countsLine(counts: ItemCounts): string {
  const parts = (Object.keys(NAMES) as ItemResult[])
    .filter((result) => (counts[result] ?? 0) > 0)
    .map((result) => `${grouped(counts[result] ?? 0)} ${NAMES[result]}`);
  return parts.length === 0 ? "nothing yet" : parts.join(" · ");
}

function total(counts: ItemCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The rate over the last seconds, and the time left at that rate. */
export class Pace {
  readonly #samples: { at: number; done: number }[] = [];

  /** @returns items per second over the last ten seconds, and seconds left; undefined until that is known */
  note(at: number, done: number, of: number): { perSecond: number; secondsLeft: number } | undefined {
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > 10_000) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || at <= first.at || done <= first.done) return undefined;
    const perSecond = ((done - first.done) * 1000) / (at - first.at);
    return { perSecond, secondsLeft: Math.max(0, (of - done) / perSecond) };
  }
}

/** One line for a terminal. */
export function progressLine(progress: JobProgress, pace: ReturnType<Pace["note"]>): string {
  const done = total(progress.counts);
  // For a push, the number of calls is counted first.
  const share =
    progress.totalRows === 0 ? "" : `/${grouped(progress.totalRows)} (${Math.floor((100 * done) / progress.totalRows)} %)`;
  const speed =
    pace === undefined || progress.totalRows === 0 ? "" : ` · ${grouped(pace.perSecond)}/s · ${duration(pace.secondsLeft)} left`;
  const phase =
    progress.phase === "settling"
      ? "reading back what is open · "
      : progress.phase === "watching"
        ? "run by another process · "
        : "";
  const troubles = `${progress.retries > 0 ? ` · ${grouped(progress.retries)} retries` : ""}${progress.rateLimited > 0 ? ` · ${grouped(progress.rateLimited)} times 429` : ""}`;
  return `${phase}${grouped(done)}${share}${speed} · ${countsLine(progress.counts)}${troubles}`;
}

const NO_ROWS = "the file has no rows below its header";

/** The result of validation, for stderr. */
export function planLines(plan: PlanReport): string[] {
  const lines = [
    `${numberOf(plan.rows, "row")}: ${grouped(plan.toSend)} to send, ${grouped(plan.refused)} refused, ${numberOf(plan.duplicates, "duplicate")}`,
  ];
  for (const [code, count] of Object.entries(plan.problems).sort(([, a], [, b]) => b - a))
    lines.push(`  ${grouped(count)} × ${code.replaceAll("_", " ")}`);
  return [...lines, ...(plan.rows === 0 ? [`  ${NO_ROWS}`] : refusedLines(plan))];
}

function refusedLines(plan: PlanReport): string[] {
  const named = ({ callId, interactionId }: RefusedRow) => {
    const id = callId ?? interactionId ?? "";
    return id === "" ? "" : ` ${printable(id)}`;
  };
  const lines = plan.examples.map(
    (row) => `  line ${row.line}${named(row)}: ${row.problems.map((problem) => problem.message).join("; ")}`,
  );
  const more = plan.refused - plan.examples.length;
  if (more > 0) lines.push(`  … and ${grouped(more)} more; --out FILE writes them all`);
  return lines;
}

/** The summary of a job that has ended or stopped. */
export function jobLines(job: JobDetail): string[] {
  const campaign = job.campaignId === null ? "" : ` · campaign ${job.campaignId}`;
  const lines = [`job ${job.id} ${job.status.replaceAll("_", " ")}${campaign} · ${printable(job.sourceName)}`];
  if (job.tenant !== null) lines.push(tenantLine(job.tenant));
  if (job.change !== null) lines.push(...changeLines(job.change));
  else if (job.push !== null) lines.push(pushLine(job.push));
  else lines.push(job.totalRows === 0 ? `  ${NO_ROWS}` : `  ${numberOf(job.totalRows ?? 0, "row")}: ${countsLine(job.counts)}`);
  if (job.metrics !== null) lines.push(metricsLine(job.metrics));
  lines.push(...lockedLines(job), ...leftLines(job));
  if (job.measured !== null) {
    lines.push(`  latency per attempt ${latency(job.measured.attempts)}`);
    lines.push(`  latency per item    ${latency(job.measured.items)}`);
    const { retries, rateLimited, conflicts } = job.measured;
    const overtaken = conflicts === undefined ? "" : ` · ${grouped(conflicts)} writes overtaken by others`;
    lines.push(`  ${grouped(retries)} retries · ${grouped(rateLimited)} answers were 429${overtaken}`);
  }
  if (job.stop !== null) {
    lines.push(`  stopped: ${printable(job.stop.message)}`);
    if (job.stop.advice !== undefined) lines.push(`  ${printable(job.stop.advice)}`);
  }
  return lines;
}

const tenantLine = ({ name, address }: NonNullable<JobDetail["tenant"]>): string =>
  `  tenant ${printable(name === null ? address : `${name} (${address})`)}`;

/** What a push has sent, and what the CRM may have in addition. */
export function pushLine(push: NonNullable<JobDetail["push"]>): string {
  const { announced, records, calls, total, acknowledged, unchanged, refused, refusedBefore, requests, unanswered } = push;
  const events = `${grouped(announced)} events queued`;
  if (!records) return `  ${events}`;
  const before = refusedBefore === 0 ? "" : ` · ${grouped(refusedBefore)} refused before`;
  const open = unanswered === 0 ? "" : `\n  ${grouped(unanswered)} records sent without an answer: the CRM may have them`;
  const of = total === null || total === calls ? "" : ` of ${grouped(total)}`;
  return `  ${events} · ${grouped(calls)}${of} calls: ${grouped(acknowledged)} acknowledged · ${grouped(unchanged)} unchanged · ${grouped(refused)} refused${before} · ${grouped(requests)} requests${open}`;
}

function changeLines({ version, plan, phase, outcome, message }: NonNullable<JobDetail["change"]>): string[] {
  const [what, more] =
    version === null
      ? [`campaigns, plan ${(plan ?? "").slice(0, 8)}`, "outdial campaign drift compares"]
      : [`dialer settings, version ${version}`, "outdial dialer history shows it"];
  const state = `  ${what}: ${(outcome ?? phase).replaceAll(/[_-]/g, " ")} (${more})`;
  return message === null ? [state] : [state, `  ${printable(message)}`];
}

function lockedLines({ locked }: Pick<JobDetail, "locked">): string[] {
  if (locked === null) return [];
  const { rows, attempts, latencyMs } = locked;
  const took =
    latencyMs === null ? "" : ` · p50 ${msText(latencyMs.p50)} · p95 ${msText(latencyMs.p95)} · max ${msText(latencyMs.max)}`;
  return [`  locked: ${numberOf(rows, "row")} · ${numberOf(attempts, "attempt")}${took}`];
}

/** The state of the rows without a result; empty when there are none. */
export function leftLines({ notSent, mayHaveBeenSent }: Pick<JobDetail, "notSent" | "mayHaveBeenSent">): string[] {
  const lines: string[] = [];
  if (notSent !== null && notSent > 0) lines.push(`  ${grouped(notSent)} rows not sent`);
  if (mayHaveBeenSent !== null && mayHaveBeenSent > 0)
    lines.push(`  ${grouped(mayHaveBeenSent)} rows without a result that may have been sent`);
  return lines;
}

function metricsLine({ validationErrors, apiErrors, errorRate }: NonNullable<JobDetail["metrics"]>): string {
  const share = errorRate.rate === null ? "–" : `${(100 * errorRate.rate).toFixed(1)} %`;
  return `  error rate ${share} (${grouped(errorRate.numerator)} of ${grouped(errorRate.denominator)}): ${grouped(validationErrors)} broke a rule, ${grouped(apiErrors)} failed at the tenant`;
}

const msText = (value: number): string => `${value < 10 ? value.toFixed(1) : grouped(value)} ms`;

function latency(summary: HistogramSummary): string {
  if (summary.count === 0) return "none measured";
  const ms = msText;
  return `p50 ${ms(summary.p50)} · p95 ${ms(summary.p95)} · p99 ${ms(summary.p99)} · max ${ms(summary.max)} (${grouped(summary.count)})`;
}
