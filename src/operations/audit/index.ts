// The audit log as evidence: making packs, and checking them without a store.

export { AuditUseCases, isPdf, type PackAsked, type PackMade, PdfText, packInPdf, type WritePack } from "./pack.ts";
export { type PackHolds, type PackVerdict, verifyPack } from "./verify-pack.ts";
