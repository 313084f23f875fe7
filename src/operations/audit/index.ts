// The audit log as evidence: making packs, and checking them without a store.

export type { PackMade, WritePack } from "./pack.ts";
export { isPdf, PdfText, packInPdf } from "./pack-pdf.ts";
export { AuditUseCases, type PackAsked } from "./use-cases.ts";
export { type PackHolds, type PackVerdict, verifyPack } from "./verify-pack.ts";
