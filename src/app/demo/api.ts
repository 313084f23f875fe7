// The demo as a client of its own service, with a token like any other client: creates the jobs that exist when the page opens.

import { z } from "zod";
import { PRIMARY, UNTAGGED } from "./scenario.ts";

const DAYS = 30;
const submitted = z.looseObject({ jobId: z.string() });
const job = z.looseObject({ status: z.string(), finishedAt: z.string().nullable() });
const LOOK_MS = 250;

/** The API of a service. */
export interface ApiClient {
  readonly url: string;
  readonly token: string;
}

async function ask({ url, token }: ApiClient, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** Retrieves the month before `to`, like `outdial outcomes pull`. @returns the jobs */
export async function retrieveMonth(api: ApiClient, campaigns: readonly string[], to: number): Promise<string[]> {
  const jobs: string[] = [];
  for (const campaignId of campaigns) {
    const from = new Date(to - DAYS * 86_400_000).toISOString();
    const body = JSON.stringify({ campaignId, from, to: new Date(to).toISOString(), limit: 5000 });
    const headers = { "content-type": "application/json" };
    jobs.push(submitted.parse(await ask(api, "/outcomes/retrievals", { method: "POST", headers, body })).jobId);
  }
  return jobs;
}

/** Waits until jobs have ended, or for a time. @returns whether all have ended */
export async function jobsEnded(
  api: ApiClient,
  jobs: readonly string[],
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const states = await Promise.all(jobs.map(async (id) => job.parse(await ask(api, `/jobs/${id}`))));
    if (states.every(({ finishedAt, status }) => finishedAt !== null || status === "stopped")) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Tags the calls that are not tagged; a few rows are wrong on purpose. */
export async function tagSomeCalls(api: ApiClient): Promise<void> {
  const rows = Array.from({ length: UNTAGGED }, (_, i) => {
    const call = `call_${String(i + 1).padStart(6, "0")}`;
    const code = i % 97 === 40 ? "DISP_0O1" : `DISP_00${1 + (i % 5)}`;
    return `${i % 131 === 60 ? `call_9${i}` : call},${code},seen in the demo`;
  });
  const body = ["call_id,disposition_code_id,notes", ...rows, ""].join("\n");
  const headers = { "content-type": "text/csv" };
  const path = `/campaigns/${PRIMARY}/tags?name=monday.csv`;
  await ask(api, path, { method: "POST", headers, body });
}
