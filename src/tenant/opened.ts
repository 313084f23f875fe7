// Pages whose bodies are read elsewhere, for example on another thread.

/** A body that was read elsewhere: what the client needs for judging and paging, and what the opener keeps. */
export interface OpenedBody<Kept> {
  /** The JSON with an empty list in place of its items. */
  readonly json: unknown;
  readonly items: number;
  /** Equal for pages with equal items. */
  readonly mark: string;
  readonly kept: Kept;
}

/** Reads the body of a page; returns undefined when it is not JSON. An error that it throws ends the call. */
export type PageOpener<Kept> = (body: Uint8Array<ArrayBuffer>) => Promise<OpenedBody<Kept> | undefined>;

/** A page that was read elsewhere. */
export interface OpenedPage<Kept> {
  readonly items: number;
  readonly mark: string;
  readonly kept: Kept;
  /** Number of requests sent for it, including the successful one; absent where a page is made from several lists. */
  readonly attempts?: number;
  /** As in Page. */
  readonly nextToken: string | undefined;
}
