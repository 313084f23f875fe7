// A page of a list as the service answers it.

export interface ListPage<T> {
  readonly items: readonly T[];
  /** Given back as `cursor`; null on the last page. */
  readonly next: string | null;
}
