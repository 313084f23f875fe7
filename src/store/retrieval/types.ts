// The types of retrievals.

import type { Instant } from "../../kernel/index.ts";
import type { JobStatus } from "../jobs/types.ts";

/** The kind of a retrieval among the jobs. */
export const RETRIEVE = "retrieve";

/** A file of the lake in the catalog; see the lake's own types for the members. */
export interface CatalogFile {
  readonly path: string;
  readonly kind: "part" | "head" | "history" | "quarantine";
  readonly campaignId: string;
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  readonly runId?: string | undefined;
}

/** A retrieval to begin. */
export interface NewRetrieval {
  readonly jobId: string;
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
  /** null for all codes. */
  readonly codes: readonly string[] | null;
  readonly pageLimit: number;
  readonly actor: string;
  readonly windows: readonly { readonly from: Instant; readonly to: Instant }[];
  /** See `Job`. */
  readonly scope?: string | undefined;
  /** The campaign whose schedule's turn it is for: this process holds the turn, which ends with this. */
  readonly turnOf?: string | undefined;
}

/** Counts over all windows of a retrieval. */
export interface RetrievalTotals {
  readonly windows: number;
  readonly windowsDone: number;
  readonly pagesOk: number;
  readonly pagesFailed: number;
  /** Requests sent for pages, including repetitions; those that brought a page are `pagesOk`. */
  readonly attempts: number;
  readonly restarts: number;
  /** Rows that became records, including repeated ones. */
  readonly rows: number;
  /** Rows of calls that had not ended. */
  readonly unfinished: number;
  /** Earliest start among them. */
  readonly earliestUnfinished: Instant | null;
  /** Quarantined rows, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Size of the files written. */
  readonly bytes: number;
  /** Total time spent fetching pages, including waiting for the budget, ms. */
  readonly pageMs: number;
}

/** A retrieval in the store. */
export interface Retrieval extends Omit<NewRetrieval, "windows" | "scope" | "turnOf"> {
  readonly status: JobStatus;
  readonly executor: string | null;
  readonly run: number;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly error: unknown;
  /** Number of different calls; null before the end. */
  readonly calls: number | null;
  readonly complianceHash: string | null;
  /** What the number of calls was compared with, JSON; null before the end. */
  readonly compared: unknown;
  readonly totals: RetrievalTotals;
}

/** Progress of a window. */
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
  /** Number of requests sent for it, including the successful one. */
  readonly attempts: number;
  readonly files: readonly CatalogFile[];
  /** The next page to request; null after the last one. */
  readonly nextToken: string | null;
  readonly pageSize: number;
  readonly rows: number;
  readonly unfinished: number;
  readonly earliestUnfinished: Instant | undefined;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly latencyMs: number;
  readonly observedAt: Instant;
}

/** A stretch that a campaign's calls were read of, until before `to`. */
export interface ReadStretch {
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
  /** `read`: to the end. `short`: to the end, with fewer calls than are known. `begun`: not to the end. */
  readonly kind: "read" | "short" | "begun";
  /** null for all. */
  readonly codes: readonly string[] | null;
}

/** Dials of a campaign on a UTC day, as the tenant says. */
export interface ToldDials {
  readonly campaignId: string;
  /** Its beginning. */
  readonly day: Instant;
  /** By quarter of an hour; null where the tenant did not say. */
  readonly dials: readonly (number | null)[];
  /** Calling lists that the campaign had within a week of it, and that the tenant no longer has. */
  readonly gone: readonly string[];
}

/** Another retrieval that prevents a take: of the same campaign, running for an overlapping window. */
export interface Blocker {
  readonly jobId: string;
  readonly executor: string;
}

/** A regular retrieval of a campaign. */
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
