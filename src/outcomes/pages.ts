// The second door of this part: from a page's rows to files for the lake, without schemas, reports or the database. For the thread that does
// nothing else and starts with every retrieval.

export type { QuarantinedRow, StagedFile, StagingPlace } from "./lake/lake.ts";
export { type Part, PartWriter, stageParts } from "./lake/part-writer.ts";
export { createInstantReader } from "./record/instant-reader.ts";
export { createFieldWriter, parseRow } from "./record/parse.ts";
export type { OutcomeRecord } from "./record/record.ts";
