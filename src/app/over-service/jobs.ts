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
import type { DryRun, JobDetail, Submitted } from "../../operations/views/index.ts";
import type { Asking } from "../../server/index.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService } from "./client.ts";
import type { FollowingOptions } from "./following.ts";

/** A job as the command that submitted it needs it. */
export type GivenJob = Pick<RowJob, "id" | "status" | "plan">;

interface Submission {
  readonly again?: boolean;
  /** The service reads the file. */
  readonly onProgress?: unknown;
  /** Of a tag job: what is done where the tenant cannot set dispositions. */
  readonly instead?: Instead | undefined;
}

/** The jobs of a service. */
export class ServiceJobs extends FollowedAtService {
  readonly afar = true;
  /** As commands on the store have them. */
  readonly records: Pick<JobRecordsUseCases, "show" | "rows">;
  readonly jobs: { readonly run: (id: string, onProgress?: (progress: JobProgress) => void) => Promise<void> };

  constructor(address: ServiceAddress, options: FollowingOptions) {
    super(address, options);
    const { client } = this;
    this.jobs = { run: (id, onProgress) => this.#follow(id, onProgress) };
    this.records = {
      show: (id) => client.ask("jobs.show", { params: { id } }),
      rows: async (id, asked) => {
        const { kind } = await client.ask("jobs.show", { params: { id } });
        const query = { result: asked?.only, after: asked?.after, limit: asked?.most };
        return { kind, rows: client.lines("jobs.rows", { params: { id }, query }) as Rows };
      },
    };
  }

  /** Gives a file of tags to the service. Throws OutdialError with the service's code. */
  readonly tagging = {
    submit: (source: TagSource, campaignId: string, { again, instead }: Submission) =>
      begun(this.#tags(source, campaignId, { again, instead })),
  };
  /** The same of corrections. */
  readonly corrections = {
    submit: (source: CorrectionSource, { again }: Submission) => begun(this.#corrections(source, { again })),
  };

  checkTags(source: TagSource, campaignId: string, instead?: Instead): Promise<DryRun> {
    return checked(this.#tags(source, campaignId, { instead, dryRun: true }));
  }

  checkCorrections(source: CorrectionSource): Promise<DryRun> {
    return checked(this.#corrections(source, { dryRun: true }));
  }

  /** Lets the service go on with a job. */
  resume(id: string): Promise<JobDetail> {
    return this.client.ask("jobs.resume", { params: { id } });
  }

  /** The service has the budget. */
  budgetLine(): string {
    return "";
  }

  #tags(source: TagSource, id: string, query: Asking<"tags.submit">["query"]) {
    return this.client.ask("tags.submit", { params: { id }, query: { ...readAs(source), ...query }, file: source.bytes() });
  }

  #corrections(source: CorrectionSource, more: Asking<"dispositions.submit">["query"]) {
    const query = { ...readAs(source), policy: source.read.policy, ...more };
    return this.client.ask("dispositions.submit", { query, file: source.bytes() });
  }

  async #follow(id: string, onProgress: ((progress: JobProgress) => void) | undefined): Promise<void> {
    await this.following.through({
      look: (signal) => this.client.ask("jobs.show", { params: { id }, signal }),
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

type Came = Promise<Submitted | DryRun>;

async function begun(came: Came): Promise<{ readonly job: GivenJob; readonly earlier: boolean }> {
  const answer = await came;
  if (!("job" in answer)) throw new TypeError("the service only checked what it was to carry out");
  const { job, earlier } = answer;
  return { job: { id: job.id, status: job.status, plan: job.plan ?? undefined }, earlier };
}

async function checked(came: Came): Promise<DryRun> {
  const answer = await came;
  if ("job" in answer) throw new TypeError("the service carried out what it was only to check");
  return answer;
}

/** How a file is read, as the service is told. Throws OperationError `invalid_input` for what it cannot be told. */
function readAs({ name, read: { format, delimiter, mapping } }: Given) {
  const column = Object.entries(mapping ?? {}).map(([field, title]) => `${field}=${title}`);
  if (column.some((pair) => pair.length > 500)) throw new OperationError("invalid_input", "the name of a column is too long");
  return { name: name.slice(0, 200), format, delimiter, column };
}
