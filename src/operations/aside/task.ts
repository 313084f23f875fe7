// The data of a reading thread.

/** What a reading thread is started with. */
export interface ReaderData {
  /** URL of the module with the function. */
  readonly module: string;
  /** Name of the function, which takes data and returns data. */
  readonly name: string;
  readonly given: unknown;
}
