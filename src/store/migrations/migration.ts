// What a migration is.

/** One step of the schema; its place in the list is its number. Never changed once released: a correction is a new step. */
export interface Migration {
  /** What it brings, for people. */
  readonly name: string;
  /** Statements, run in one transaction. Everything lives in the schema `outdial`. */
  readonly sql: string;
}
