// The audit log as evidence: making packs, and checking them without a store.

export { AuditUseCases, attachedPack, isPdf, packInPdf } from "./pack.ts";
export { packLine } from "./pack-form.ts";
export { type PackHolds, type PackVerdict, verifyPack } from "./verify-pack.ts";
