// Contact lists: read, judged again by outdial's own evaluation of the query, gated.

export type { Contact } from "./list-reader.ts";
export { parseContactQuery } from "./query.ts";
export { readSegment, type SegmentReport, type SegmentSink } from "./segment.ts";
export { ContactUseCases } from "./use-cases.ts";
