// Text about retrievals. Pure text.

import type { RetrievalProgress } from "../operations/index.ts";
import type { RetrievalVerdict, RetrievalView } from "../operations/views/index.ts";
import { duration, grouped, printable } from "./text.ts";

const time = (at: string) => at.replace(/\.\d+Z$/, "Z");

/** One line for a terminal. */
export function retrievalProgressLine(progress: RetrievalProgress): string {
  const { phase, windows, windowsDone, pages, rows, failures } = progress;
  const what = phase === "watching" ? "run by another process · " : phase === "closing" ? "hashing · " : "";
  const troubles = failures === 0 ? "" : ` · ${grouped(failures)} failed fetches`;
  return `${what}${windowsDone} of ${windows} windows · ${grouped(pages)} pages · ${grouped(rows)} rows${troubles}`;
}

/** `3 bad_end · 1 missing_id`, most frequent first; empty when nothing was quarantined. */
function quarantineLine({ quarantined }: Pick<RetrievalView, "quarantined">): string {
  return Object.entries(quarantined)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${grouped(count)} ${reason}`)
    .join(" · ");
}

/** The summary of a retrieval. */
export function retrievalLines(retrieval: RetrievalView): string[] {
  const { jobId, campaignId, from, to, codes, status, calls, complianceHash, doubt, stop } = retrieval;
  const { attempts, pages, pagesFailed, rows, bytes, windows, windowsDone, unfinished, successRate, latencySeconds } = retrieval;
  const well =
    successRate === null ? "" : ` (${Math.floor(successRate * 10_000) / 100} % of ${grouped(attempts)} requests went well)`;
  const lines = [
    `${jobId} · ${status.replaceAll("_", " ")} · ${printable(campaignId)} · ${time(from)} to ${time(to)}${codes === null ? "" : ` · ${codes.map(printable).join(", ")}`}`,
    `  ${calls === null ? `${grouped(rows)} rows so far` : `${grouped(calls)} calls`} · ${grouped(pages)} pages, ${grouped(pagesFailed)} failed fetches${well} · ${windowsDone} of ${windows} windows · ${grouped(bytes)} bytes${latencySeconds === null ? "" : ` · ${duration(latencySeconds)}`}`,
  ];
  if (unfinished > 0) lines.push(`  ${grouped(unfinished)} calls were still going on; a later retrieval reads them`);
  const poison = quarantineLine(retrieval);
  if (poison !== "") lines.push(`  in quarantine: ${poison} (outdial outcomes runs ${jobId} --quarantine shows them)`);
  if (doubt !== null) lines.push(`  ${printable(doubt)}`);
  if (complianceHash !== null) lines.push(`  compliance hash ${complianceHash}`);
  if (stop !== null) lines.push(`  ${printable(stop.message)}`, ...(stop.advice === undefined ? [] : [`  ${stop.advice}`]));
  return lines;
}

/** One line for the verdict on a retrieval that has ended, and what is wrong. */
export function verdictLines(verdict: RetrievalVerdict): string[] {
  const { jobId, whole, calls, expected, hash, expectedHash, damaged, compared, doubt } = verdict;
  const found = grouped(calls ?? 0);
  const others = (compared ?? []).map(({ by, count }) => `  compared with ${by}: ${grouped(count)}`);
  if (whole === true) return [`${jobId} ok · ${found} calls · ${hash}`, ...others];
  if (whole === null && doubt !== null) return [`${jobId} unchanged · ${found} calls, ${printable(doubt)} · ${hash}`];
  if (whole === null) return [`${jobId} NOT KNOWN · no call was brought, and nothing else counts the calls of this time`];
  if (doubt !== null && hash === expectedHash) return [`${jobId} SHORT · ${printable(doubt)}`, ...others];
  const lines = [`${jobId} DIFFERS · ${grouped(expected ?? 0)} calls were retrieved, the lake has ${found} of them`];
  const { count, callIds } = damaged ?? { count: 0, callIds: [] };
  if (count > 0) lines.push(`  changed: ${grouped(count)} calls: ${callIds.map(printable).join(", ")}`);
  lines.push(`  recorded ${expectedHash}`, `  now      ${hash}`);
  return lines;
}
