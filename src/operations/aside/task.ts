// What a reading thread is given.

/** What a reading thread is started with. */
export interface ReaderData {
  /** Address of the module with the function. */
  readonly module: string;
  /** The function: takes data, gives data. */
  readonly name: string;
  readonly given: unknown;
}
