// The types of retrievals.

import type { Instant } from "../../kernel/index.ts";
import type { JobStatus } from "../jobs/types.ts";

/** The kind of a retrieval among the jobs. */
export const RETRIEVE = "retrieve";

/** A file of the lake as the catalog has it; see the lake's own words for the members. */
export interface CatalogFile {
  readonly path: string;
  readonly kind: "part" | "head" | "history" | "quarantine";
  readonly campaignId: string;
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  readonly runId?: string | undefined;
}

/** What is asked for. */
export interface NewRetrieval {
  readonly jobId: string;
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
  /** null asks for all codes. */
  readonly codes: readonly string[] | null;
  readonly pageLimit: number;
  readonly actor: string;
  readonly windows: readonly { readonly from: Instant; readonly to: Instant }[];
  /** See `Job`. */
  readonly scope?: string | undefined;
  /** The turn of the campaign's schedule that it is for: taken by this process, and over with this. */
  readonly turnOf?: string | undefined;
}

/** Counts over all windows of a retrieval. */
export interface RetrievalTotals {
  readonly windows: number;
  readonly windowsDone: number;
  readonly pagesOk: number;
  readonly pagesFailed: number;
  /** Requests sent for pages, repeated ones included; those that brought a page are `pagesOk`. */
  readonly attempts: number;
  readonly restarts: number;
  /** Rows that became records, those seen twice included. */
  readonly rows: number;
  /** Rows of calls that were still going on. */
  readonly unfinished: number;
  /** Earliest start among them. */
  readonly earliestUnfinished: Instant | null;
  /** Rows put aside, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Of the files written. */
  readonly bytes: number;
  /** Time spent on fetching pages, summed, waiting for the budget included. */
  readonly pageMs: number;
}

/** A retrieval as the store has it. */
export interface Retrieval extends Omit<NewRetrieval, "windows" | "scope" | "turnOf"> {
  readonly status: JobStatus;
  readonly executor: string | null;
  readonly run: number;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly error: unknown;
  /** Calls brought, each counted once; null before the end. */
  readonly calls: number | null;
  readonly complianceHash: string | null;
  readonly totals: RetrievalTotals;
}

/** How far a window got. */
export interface RetrievalWindow {
  readonly no: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly done: boolean;
  readonly pageToken: string | null;
  readonly pageSize: number;
  readonly pagesOk: number;
  readonly restarts: number;
}

/** A page that is durable in the lake; the checkpoint moves in the same transaction. */
export interface PageCommit {
  readonly jobId: string;
  readonly executor: string;
  readonly windowNo: number;
  /** `pagesOk` of the window before this page. */
  readonly after: number;
  /** Requests that were sent for it, the one that brought it included. */
  readonly attempts: number;
  readonly files: readonly CatalogFile[];
  /** The page to ask for next; null when this was the last one. */
  readonly nextToken: string | null;
  readonly pageSize: number;
  readonly rows: number;
  readonly unfinished: number;
  readonly earliestUnfinished: Instant | undefined;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly latencyMs: number;
  readonly observedAt: Instant;
}

/** Another retrieval in the way of a claim: of the same campaign, at work on a part of the same window. */
export interface Blocker {
  readonly jobId: string;
  readonly executor: string;
}

/** What is retrieved regularly. */
export interface RetrievalSchedule {
  readonly campaignId: string;
  readonly everyMs: number;
  readonly codes: readonly string[] | null;
  readonly pageLimit: number;
  readonly overlapMs: number;
  readonly firstMs: number;
  readonly readTo: Instant | null;
  readonly actor: string;
  readonly nextAt: Instant;
}
