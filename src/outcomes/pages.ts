// A small second entry point of this part: from the rows of a page to files for the lake, without schemas, reports or the
// database. For the page thread, which does nothing else and starts with every retrieval.

export type { QuarantinedRow, StagedFile, StagingPlace } from "./lake/lake.ts";
export { type Part, PartWriter, stageParts } from "./lake/part-writer.ts";
export { createFieldWriter, createInstantReader, parseRow } from "./record/parse.ts";
export type { OutcomeRecord } from "./record/record.ts";
