// Text about retrievals. Pure text.

import type { RetrievalProgress, RunVerdict } from "../operations/index.ts";
import { downloadSuccessRate, latencySeconds } from "../operations/views/index.ts";
import type { Retrieval } from "../store/index.ts";
import { duration, grouped, printable } from "./text.ts";

const time = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

/** One line for a terminal. */
export function retrievalProgressLine(progress: RetrievalProgress): string {
  const { phase, windows, windowsDone, pages, rows, failures } = progress;
  const what = phase === "watching" ? "run by another process · " : phase === "closing" ? "hashing · " : "";
  const troubles = failures === 0 ? "" : ` · ${grouped(failures)} failed fetches`;
  return `${what}${windowsDone} of ${windows} windows · ${grouped(pages)} pages · ${grouped(rows)} rows${troubles}`;
}

/** `3 bad_end · 1 missing_id`, most frequent first; empty when nothing was quarantined. */
function quarantineLine({ totals }: Pick<Retrieval, "totals">): string {
  return Object.entries(totals.quarantined)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${grouped(count)} ${reason}`)
    .join(" · ");
}

/** The summary of a retrieval. */
export function retrievalLines(retrieval: Retrieval): string[] {
  const { jobId, campaignId, from, to, codes, status, totals, calls, complianceHash, error } = retrieval;
  const seconds = latencySeconds(retrieval);
  const rate = downloadSuccessRate(retrieval);
  const well = rate === null ? "" : ` (${Math.floor(rate * 10_000) / 100} % of ${grouped(totals.attempts)} requests went well)`;
  const lines = [
    `${jobId} · ${status.replaceAll("_", " ")} · ${printable(campaignId)} · ${time(from)} to ${time(to)}${codes === null ? "" : ` · ${codes.map(printable).join(", ")}`}`,
    `  ${calls === null ? `${grouped(totals.rows)} rows so far` : `${grouped(calls)} calls`} · ${grouped(totals.pagesOk)} pages, ${grouped(totals.pagesFailed)} failed fetches${well} · ${totals.windowsDone} of ${totals.windows} windows · ${grouped(totals.bytes)} bytes${seconds === null ? "" : ` · ${duration(seconds)}`}`,
  ];
  if (totals.unfinished > 0)
    lines.push(`  ${grouped(totals.unfinished)} calls were still going on; a later retrieval reads them`);
  const poison = quarantineLine(retrieval);
  if (poison !== "") lines.push(`  in quarantine: ${poison} (outdial outcomes runs ${jobId} --quarantine shows them)`);
  if (complianceHash !== null) lines.push(`  compliance hash ${complianceHash}`);
  if (typeof error === "object" && error !== null && "message" in error) {
    lines.push(`  ${printable(String(error.message))}`);
    if ("advice" in error && typeof error.advice === "string") lines.push(`  ${error.advice}`);
  }
  return lines;
}

/** One line for a verdict, and what is wrong. */
export function verdictLines(verdict: RunVerdict): string[] {
  const { jobId, ok, expected, found, damaged } = verdict;
  if (ok) return [`${jobId} ok · ${grouped(found.calls)} calls · ${found.hash}`];
  const lines = [
    `${jobId} DIFFERS · ${grouped(expected.calls)} calls were retrieved, the lake has ${grouped(found.calls)} of them`,
  ];
  if (damaged.count > 0) lines.push(`  changed: ${grouped(damaged.count)} calls: ${damaged.callIds.map(printable).join(", ")}`);
  lines.push(`  recorded ${expected.hash}`, `  now      ${found.hash}`);
  return lines;
}
