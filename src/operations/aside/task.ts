// What a reading process is asked to do, and what it answers.

export interface ReaderTask {
  /** URL of the module with the function. */
  readonly module: string;
  /** Name of the function, which takes data and returns data. */
  readonly name: string;
  readonly given: unknown;
}

/** The same with a limit on its processor time, ms. */
export interface BoundedTask extends ReaderTask {
  readonly withinMs: number;
}

export type ReaderAnswer = { readonly answer: unknown } | { readonly over: "time" | "memory" } | { readonly failed: string };

/** Memory of a reading. */
export const MOST_MEMORY_MB = 256;
