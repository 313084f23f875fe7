// The messages between a retrieval and its thread. Rows stay on the thread, so the messages are small.

import type { Instant } from "../../kernel/index.ts";
import type { StagedFile, StagingPlace } from "../../outcomes/index.ts";
import type { RawOutcome } from "../compliance/index.ts";

/** What the thread is started with. */
export interface PageThreadData {
  readonly campaignId: string;
  /** The operator's own codes of opting out. */
  readonly optOutCodes: readonly string[];
  /** Calls that a page is asked for at most. */
  readonly pageLimit: number;
}

/** What a page is opened for. */
export interface PageContext {
  /** Calls that start outside are put aside. Both inclusive. */
  readonly from: Instant;
  readonly to: Instant;
  readonly observedAt: Instant;
  readonly runId: string;
}

/** A page as it is known before it lands. */
export interface OpenedCalls extends PageContents {
  /** The body's JSON with an empty list in place of its rows. */
  readonly json: unknown;
  readonly items: number;
  /** The same for pages with the same calls. */
  readonly mark: string;
  readonly optOuts: readonly RawOutcome[];
}

/** What a page's rows turned out to be. */
export interface PageContents {
  /** Records that land with it. */
  readonly rows: number;
  /** Calls that are not over. */
  readonly unfinished: number;
  readonly earliestUnfinished: Instant | undefined;
  /** Rows put aside, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
}

/** `page` is the number that the page was opened under. */
export type PageTask =
  | { readonly kind: "open"; readonly page: number; readonly body: ArrayBuffer; readonly context: PageContext }
  | { readonly kind: "land"; readonly page: number; readonly place: StagingPlace }
  | { readonly kind: "drop"; readonly page: number };

/** Why a page is not taken. */
export interface PageRefusal {
  readonly code: "invalid_reply" | "body_too_large";
  /** To be read after "a page". */
  readonly what: string;
}

/** Tasks but `drop` are answered, in their order. */
export type PageReply =
  | { readonly page: number; readonly opened: OpenedCalls | undefined }
  | { readonly page: number; readonly staged: readonly StagedFile[] }
  /** The page's own fault. */
  | { readonly page: number; readonly refused: PageRefusal }
  /** `code`: as the system has it, of a file that could not be written. */
  | { readonly page: number; readonly failed: string; readonly code?: string | undefined };
