// Contact lists: read, judged by our own reading of the query, gated.

export type { Contact } from "./list-reader.ts";
export { type ContactQuery, parseContactQuery } from "./query.ts";
export { CONSENT_QUERY, readSegment, type SegmentReport } from "./segment.ts";
