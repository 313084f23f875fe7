// Facts, their imports, the gate, the revocation clock and the abandonment ledger.

export type { Parsed, RefusedLine } from "../table/records.ts";
export { type BudgetFigures, judgedReading, noAnswers, type RuleReading, readCampaignAbandonment } from "./abandonment.ts";
export { attemptsFile } from "./attempts-spec.ts";
export { lookBack } from "./call-facts.ts";
export { clockTrouble, requireClock, SET_CLOCK, skewWords } from "./clock.ts";
export { readContacts } from "./contacts.ts";
export { registriesOf } from "./coverage.ts";
export { type FactKind, FactsUseCases, liftPreviewOf, type RegistryImport } from "./facts-use-cases.ts";
export { BRING_COMPANY_LIST, createGate, type Gate, NO_COMPANY_LIST } from "./gate.ts";
export {
  DEFAULT_TARGETS,
  deadlineRule,
  type FactSource,
  hashing,
  type ImportDeps,
  type ImportReport,
  type ImportSink,
  importFacts,
  type RevocationReading,
  readRevocations,
  SILENT_MS,
} from "./import.ts";
export type { GateContact, GateRequest, GateVerdict } from "./judge.ts";
export { companyListOf, type GateManifest, parseManifest, verifyManifest } from "./manifest.ts";
export { optOutsOf, type RawOutcome, recordOutcomes } from "./outcomes.ts";
export { compileRulePack, convertedPack, noneReplayed, replayDecisions, validatedPack } from "./packs.ts";
export { replayPlaced } from "./placed.ts";
export { answerTo, type Explained, explained, type KnownFacts, numberOf, numbersNamed, unreadable } from "./questions.ts";
export { loadRegistry, type RegistryReport } from "./registry.ts";
export { consentFile, disconnectionsFile, internalListFile, linesFile, relationshipsFile } from "./specs.ts";
export {
  type CheckedPack,
  type ComplianceRules,
  ComplianceUseCases,
  endOfDay,
  openSignedPack,
  REPLAYED_MS,
  type RulesInForce,
  RuleUseCases,
  signPack,
} from "./use-cases.ts";
export { askedAs, civilDate, instant, type NumbersNamed, phone, phones, phoneText } from "./values.ts";
export { companyListWords, setBackWords } from "./words.ts";
