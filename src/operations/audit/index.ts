// The audit log as evidence: making packs, and checking them without a store.

export { isPdf, type PackMade, PdfText, packInPdf, type WritePack } from "./pack.ts";
export { AuditUseCases, type PackAsked } from "./use-cases.ts";
export { type PackHolds, type PackVerdict, verifyPack } from "./verify-pack.ts";
