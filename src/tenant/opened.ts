// Pages whose bodies are read elsewhere, on another thread for example.

/** A body opened elsewhere: what the client judges and pages by, and whatever the opener keeps of it. */
export interface OpenedBody<Kept> {
  /** The JSON without its items: an empty list in their place. */
  readonly json: unknown;
  readonly items: number;
  /** The same for pages with the same items. */
  readonly mark: string;
  readonly kept: Kept;
}

/** Opens the body of a page; undefined when it is no JSON. What it throws ends the call. */
export type PageOpener<Kept> = (body: Uint8Array<ArrayBuffer>) => Promise<OpenedBody<Kept> | undefined>;

/** A page that was opened elsewhere. */
export interface OpenedPage<Kept> {
  readonly items: number;
  readonly mark: string;
  readonly kept: Kept;
  /** Requests that were sent for it, the one that brought it included; absent where a page is made of several lists. */
  readonly attempts?: number;
  /** As in Page. */
  readonly nextToken: string | undefined;
}
