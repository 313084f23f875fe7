// The messages between a retrieval and its thread. Rows stay on the thread, so the messages are small.

import type { Instant } from "../../kernel/index.ts";
import type { StagedFile, StagingPlace } from "../../outcomes/index.ts";
import type { RawOutcome } from "../compliance/index.ts";

/** What the thread is started with. */
export interface PageThreadData {
  readonly campaignId: string;
  /** The operator's own opt-out codes. */
  readonly optOutCodes: readonly string[];
  /** Most calls that a page may be requested with. */
  readonly pageLimit: number;
}

/** What opening a page needs. */
export interface PageContext {
  /** Calls that start outside this range are quarantined. Both inclusive. */
  readonly from: Instant;
  readonly to: Instant;
  readonly observedAt: Instant;
  readonly runId: string;
}

/** What is known about a page before it is stored in the lake. */
export interface OpenedCalls extends PageContents {
  /** The body's JSON with an empty list in place of its rows. */
  readonly json: unknown;
  readonly items: number;
  /** Equal for pages with the same calls. */
  readonly mark: string;
  readonly optOuts: readonly RawOutcome[];
}

/** What a page's rows contain. */
export interface PageContents {
  /** Records that are stored with it. */
  readonly rows: number;
  /** Calls that have not ended. */
  readonly unfinished: number;
  readonly earliestUnfinished: Instant | undefined;
  /** Quarantined rows, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
}

/** `page` is the number that the page was opened under. */
export type PageTask =
  | { readonly kind: "open"; readonly page: number; readonly body: ArrayBuffer; readonly context: PageContext }
  | { readonly kind: "land"; readonly page: number; readonly place: StagingPlace }
  | { readonly kind: "drop"; readonly page: number };

/** Why a page is refused. */
export interface PageRefusal {
  readonly code: "invalid_reply" | "body_too_large";
  /** Follows the words "a page". */
  readonly what: string;
}

/** Every task but `drop` is answered, in order. */
export type PageReply =
  | { readonly opened: OpenedCalls | undefined }
  | { readonly staged: readonly StagedFile[] }
  /** The page itself is faulty. */
  | { readonly refused: PageRefusal }
  /** `code`: the system's error code, when a file could not be written. */
  | { readonly failed: string; readonly code?: string | undefined };
