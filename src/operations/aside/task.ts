// What a reading thread is asked to do.

export interface ReaderTask {
  /** URL of the module with the function. */
  readonly module: string;
  /** Name of the function, which takes data and returns data. */
  readonly name: string;
  readonly given: unknown;
}
