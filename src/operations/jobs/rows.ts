// Jobs over rows for programs: rows in memory, a job run to its end, or one row alone.

import { OutdialError } from "../../kernel/index.ts";
import type { JobDetail } from "../views/schemas/jobs.ts";
import { ENDED, type JobProgress, type RowJob } from "./record.ts";
import type { ResultRow } from "./result-rows.ts";
import type { JobSource } from "./submit.ts";
import type { JobRecordsUseCases } from "./use-cases.ts";

/** Options of running a file. */
export interface RowRunOptions {
  /** Runs content again that was run before; by default the earlier job is returned. */
  readonly again?: boolean | undefined;
  /** The requester; default: who opened this. */
  readonly by?: string | undefined;
  readonly onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** Makes jobs of one kind and runs them. */
interface RowEngine<Source> {
  submit(
    source: Source,
    options: { again: boolean; actor?: string },
  ): Promise<{ readonly job: RowJob; readonly earlier: boolean }>;
  run(id: string, onProgress?: (progress: JobProgress) => void): Promise<unknown>;
}

/** Rows in memory as a source of a job. Undefined members are left out. */
export function sourceOfRows(
  name: string,
  rows: readonly object[],
): JobSource & { readonly read: { readonly format: "ndjson" } } {
  return {
    name: name.slice(0, 200),
    async *bytes() {
      for (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
    },
    rereadable: true,
    read: { format: "ndjson" },
  };
}

/** The same rows continue an unfinished job; a finished one is run again. */
export async function submitOne<Source, Made extends { readonly job: Pick<RowJob, "status">; readonly earlier: boolean }>(
  engine: { submit(source: Source, how: { again: boolean; actor?: string }): Promise<Made> },
  source: Source,
  by?: string,
): Promise<Made> {
  const actor = by === undefined ? {} : { actor: by };
  const made = await engine.submit(source, { again: false, ...actor });
  return made.earlier && ENDED.includes(made.job.status) ? engine.submit(source, { again: true, ...actor }) : made;
}

/**
 * Runs rows to their end, or follows the process that does. Throws OperationError `invalid_input` when the input as a whole
 * cannot be read; TenantError.
 */
export async function runRows<Source>(
  engine: RowEngine<Source>,
  records: JobRecordsUseCases,
  source: Source,
  { again = false, by, onProgress }: RowRunOptions & { readonly by: string },
): Promise<JobDetail> {
  const { job } = await engine.submit(source, { again, actor: by });
  await engine.run(job.id, onProgress);
  return records.show(job.id);
}

/** Runs one row. Throws OutdialError with the code of what stopped the job before the row had a result. */
export async function runOne<Source>(
  engine: RowEngine<Source>,
  records: JobRecordsUseCases,
  source: Source,
  by: string,
): Promise<ResultRow> {
  const {
    job: { id },
  } = await submitOne(engine, source, by);
  await engine.run(id);
  for await (const row of (await records.rows(id)).rows) return row;
  const { stop, plan } = await records.show(id);
  const refused = plan?.examples[0]?.problems.map(({ message }) => message).join("; ");
  throw new OutdialError(stop?.code ?? "invalid_input", stop?.message ?? refused ?? `${id} ended without a result`);
}
