// Calling rules as dated data, the place of a number, and who may be called when. Pure.

export { areaCodesOf, createBuiltinGeography, hasAreaCodes, placesOfAreaCode } from "./data/geography.ts";
export { usCaUk2026 } from "./data/us-ca-uk-2026/pack.ts";
export { DNC_NOT_COVERED } from "./decide/bind.ts";
export { CompiledPack, type CompileOptions, compilePack } from "./decide/compile.ts";
export type { Decided } from "./decide/decide.ts";
export { decide, localTime, mayCall, nextForAll, together } from "./decide/decide.ts";
export {
  type Beside,
  formatQuestion,
  parseQuestion,
  QUESTION_MEMBERS,
  type Question,
  type Replayed,
  replay,
} from "./decide/replay.ts";
export { type Strip, type StripRow, strip } from "./decide/strip.ts";
export {
  ATTEMPT_KINDS,
  type Attempt,
  type AttemptKind,
  type Call,
  type CallFacts,
  type CapReading,
  type CivilDate,
  CONSENT_LEVELS,
  type Consent,
  type ConsentLevel,
  type Decision,
  NOT_COVERED,
  RELATIONSHIP_KINDS,
  type Reason,
  type RelationshipKind,
  type Weighed,
} from "./decide/types.ts";
export { ComplianceError, type ComplianceErrorCode } from "./error.ts";
export type { AreaCode, Geography, PostalPlace } from "./geography/types.ts";
export {
  type AbandonmentReading,
  type Allowance,
  type AnswerCounts,
  type AnswerHour,
  type Forecast,
  type LedgerOptions,
  type Pace,
  readAbandonment,
  type VendorView,
} from "./ledger/abandonment.ts";
export { type AnswerClass, type AnsweredCall, classifyAnswer } from "./ledger/classify.ts";
export type { AbandonmentLimit } from "./ledger/outlook.ts";
export { type StrictestAbandonment, strictestAbandonment } from "./ledger/strictest.ts";
export { type CampaignPolicy, campaignOverlay } from "./pack/campaign.ts";
export { describeRule } from "./pack/describe.ts";
export { diffPacks, type PackDifference } from "./pack/diff.ts";
export { describeDifferences } from "./pack/diff-words.ts";
export { convertFlatRuleSet, isFlatRuleSet } from "./pack/flat.ts";
export { toFlatRuleSet } from "./pack/flat-back.ts";
export type { FlatRuleSet } from "./pack/flat-schema.ts";
export { type EndingCalendar, type Freshness, freshnessOf, readingOf, type StaleRule } from "./pack/freshness.ts";
export { mergePacks, parseRulePack } from "./pack/parse.ts";
export {
  CALL_TYPES,
  type CallType,
  CONFIDENCES,
  type Confidence,
  EXEMPTIONS,
  type Exemption,
  type InlineGeography,
  LINE_TYPES,
  type LineType,
  type Rule,
  type RuleKind,
  type RuleOf,
  type RulePack,
  rulePackJsonSchema,
  type WeekHours,
} from "./pack/schema.ts";
export { type ConsentRecord, currentConsent } from "./suppression/consent-state.ts";
export { findOptOut, OPT_OUT_PATTERNS, type OptOutPattern, type RawWords } from "./suppression/opt-out.ts";
export {
  businessDeadline,
  type DeadlineRule,
  type RevocationClock,
  readRevocationClock,
  type SpreadTarget,
  type SystemSpread,
} from "./suppression/revocation-clock.ts";
export { formatInstant } from "./time/civil.ts";
export { isInstantInRange, Zone, zoneOf } from "./time/zone.ts";
