// Contact lists: read, judged again by outdial's own evaluation of the query, gated.

export type { Contact } from "./list-reader.ts";
export { parseContactQuery } from "./query.ts";
export { ContactUseCases, readSegment, type SegmentReport, type SegmentSink } from "./use-cases.ts";
