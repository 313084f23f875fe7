// What a reading thread is given.

export interface ReaderData {
  /** Address of the module with the function. */
  readonly module: string;
  /** The function: takes data, gives data. */
  readonly name: string;
  readonly given: unknown;
}
