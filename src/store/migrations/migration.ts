// The form of a migration.

/** One step of the schema; its place in the list is its number. Never changed after its release: a correction is a new step. */
export interface Migration {
  /** Name for people. */
  readonly name: string;
  /** Statements, run in one transaction. Everything lives in the schema `outdial`. */
  readonly sql: string;
}
