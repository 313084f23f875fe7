// Jobs of a service, from afar: given to it, followed, shown and cancelled. What runs them is the service.

import {
  type CorrectionSource,
  GOES_ON,
  type Instead,
  type JobProgress,
  type JobRecordsUseCases,
  OperationError,
  type RowJob,
  type TagSource,
} from "../../operations/index.ts";
import {
  type CorrectionView,
  correctionView,
  type DryRun,
  dryRun,
  type JobDetail,
  jobDetail,
  jobSummary,
  resultRow,
  submitted,
} from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService, type FollowingOptions } from "./following.ts";

/** A job as the command that submitted it needs it. */
export type GivenJob = Pick<RowJob, "id" | "status" | "plan">;

interface Submission {
  readonly again?: boolean;
  /** Of a tag job: what is done where the tenant cannot set dispositions. */
  readonly instead?: Instead | undefined;
}

type Records = Pick<JobRecordsUseCases, "show" | "rows" | "list">;

/** The jobs of a service. */
export class ServiceJobs extends FollowedAtService {
  readonly afar = true;
  /** As commands on the store have them. */
  readonly records: Records & { readonly cancel: (id: string) => Promise<JobDetail> };
  readonly jobs: { readonly run: (id: string, onProgress?: (progress: JobProgress) => void) => Promise<void> };

  constructor(address: ServiceAddress, options: FollowingOptions) {
    super(address, options);
    const { client } = this;
    this.jobs = { run: (id, onProgress) => this.#follow(id, onProgress) };
    this.records = {
      show: (id) => client.json(jobDetail, jobPath(id)),
      list: ({ limit: most, after, ...query }) => client.list(jobSummary, "/jobs", { query, most, after }),
      rows: async (id, asked) => {
        const { kind } = await client.json(jobDetail, jobPath(id));
        return {
          kind,
          rows: client.lines(resultRow, `${jobPath(id)}/rows`, {
            query: { result: asked?.only, after: asked?.after, limit: asked?.most },
          }) as Rows,
        };
      },
      cancel: (id) => client.json(jobDetail, `${jobPath(id)}/cancel`, { method: "POST", body: {} }),
    };
  }

  /** Gives a file of tags to the service. Throws OutdialError with the service's code. */
  submitTags(source: TagSource, campaignId: string, { again, instead }: Submission) {
    return this.#submit(`/campaigns/id/${encodeURIComponent(campaignId)}/tags`, source, { again, instead });
  }

  /** The same of corrections. */
  submitCorrections(source: CorrectionSource, { again }: Submission) {
    return this.#submit("/interactions/dispositions", source, { again, policy: source.read.policy });
  }

  async checkTags(source: TagSource, campaignId: string, instead?: Instead): Promise<DryRun> {
    return this.#check(`/campaigns/id/${encodeURIComponent(campaignId)}/tags`, source, { instead });
  }

  async checkCorrections(source: CorrectionSource): Promise<DryRun> {
    return this.#check("/interactions/dispositions", source, { policy: source.read.policy });
  }

  /** What a correction would store. */
  preview(id: string, correction: object): Promise<CorrectionView> {
    return this.client.json(correctionView, `/interactions/id/${encodeURIComponent(id)}/preview`, {
      method: "POST",
      body: correction,
    });
  }

  /** Lets the service go on with a job. */
  resume(id: string): Promise<JobDetail> {
    return this.client.json(jobDetail, `${jobPath(id)}/resume`, { method: "POST", body: {} });
  }

  /** The service has the budget. */
  budgetLine(): string {
    return "";
  }

  async #submit(
    path: string,
    source: Given,
    more: Readonly<Record<string, string | boolean | undefined>>,
  ): Promise<{ readonly job: GivenJob; readonly earlier: boolean }> {
    const query = { ...readAs(source), ...more };
    const { job, earlier } = await this.client.json(submitted, path, { method: "POST", query, file: source.bytes() });
    return { job: { id: job.id, status: job.status, plan: job.plan ?? undefined }, earlier };
  }

  #check(path: string, source: Given, more: Readonly<Record<string, string | undefined>>): Promise<DryRun> {
    const query = { ...readAs(source), ...more, dryRun: true };
    return this.client.json(dryRun, path, { method: "POST", query, file: source.bytes() });
  }

  async #follow(id: string, onProgress: ((progress: JobProgress) => void) | undefined): Promise<void> {
    await this.following.through({
      look: (signal) => this.client.json(jobDetail, jobPath(id), { signal }),
      ended: ({ status }) => !GOES_ON.includes(status),
      onLook: ({ totalRows, counts, measured }) => {
        const { retries = 0, rateLimited = 0 } = measured ?? {};
        onProgress?.({ totalRows: totalRows ?? 0, counts, retries, rateLimited, phase: "watching" });
      },
      again: `outdial jobs show ${id} --wait`,
    });
  }
}

type Rows = Awaited<ReturnType<JobRecordsUseCases["rows"]>>["rows"];
type Given = TagSource | CorrectionSource;

const jobPath = (id: string): string => `/jobs/${encodeURIComponent(id)}`;

/** How a file is read, as the service is told. Throws OperationError `invalid_input` for what it cannot be told. */
function readAs({ name, read: { format, delimiter, mapping } }: Given) {
  const column = Object.entries(mapping ?? {}).map(([field, title]) => `${field}=${title}`);
  if (column.some((pair) => pair.length > 500)) throw new OperationError("invalid_input", "the name of a column is too long");
  return { name: name.slice(0, 200), format, delimiter, column };
}
