// After a job: ledger, tenant, audit log and outbox say the same thing. Asked of each of them, compared here.

import pg from "pg";
import { expect } from "vitest";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { callId } from "./calls.ts";

export interface Agreement {
  readonly results: Readonly<Record<string, number>>;
  /** Requests that stored what was stored already: repeats. */
  readonly repeats: number;
}

/**
 * Checks that each of the lines 2…rows+1 has exactly one result; that each call was changed exactly once at the tenant; that each line
 * has the audit entry of its final result; and that each tagged call has exactly one event.
 * @param of which job, where there are several, and the number of its first call
 */
export async function expectAgreement(
  databaseUrl: string,
  sandbox: Sandbox,
  rows: number,
  of?: { readonly job: string; readonly first: number },
): Promise<Agreement> {
  const first = of?.first ?? 1;
  const job = of?.job ?? null;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const items = await client.query<{ line: number; call_id: string; result: string }>(
      "select line, call_id, result from outdial.job_items where $1::text is null or job_id = $1 order by line",
      [job],
    );
    expect(items.rows.map((item) => item.line)).toEqual(Array.from({ length: rows }, (_, index) => index + 2));
    let repeats = 0;
    for (let n = 1; n <= rows; n++) {
      const call = sandbox.control.call(callId(first + n - 1));
      const item = items.rows[n - 1];
      expect(item?.call_id).toBe(callId(first + n - 1));
      expect({ line: n + 1, result: item?.result, effects: call?.effects }).toEqual({
        line: n + 1,
        result: "tagged",
        effects: 1,
      });
      repeats += (call?.writes ?? 0) - 1;
    }
    const audit = await client.query<{ subject: string; result: string }>(
      "select subject, details::json->>'result' as result from outdial.audit where action = 'disposition.assign' and ($1::text is null or job = $1) order by seq",
      [job],
    );
    const final = new Map(audit.rows.map((entry) => [entry.subject, entry.result]));
    expect(final.size).toBe(rows);
    expect(new Set(final.values())).toEqual(new Set(["tagged"]));
    expect(audit.rows.filter((entry) => entry.result === "tagged")).toHaveLength(rows);
    const calls = Array.from({ length: rows }, (_, n) => callId(first + n));
    const events = await client.query<{ subject: string }>(
      "select subject from outdial.outbox where $1 or subject = any($2::text[])",
      [job === null, calls],
    );
    expect(events.rows).toHaveLength(rows);
    expect(new Set(events.rows.map((event) => event.subject)).size).toBe(rows);
    const results: Record<string, number> = {};
    for (const item of items.rows) results[item.result] = (results[item.result] ?? 0) + 1;
    return { results, repeats };
  } finally {
    await client.end();
  }
}
