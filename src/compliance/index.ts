// Calling rules as dated data, where a number is, and who may be called when. Pure.

export { createBuiltinGeography } from "./data/geography.ts";
export {
  ATTEMPT_KINDS,
  type Attempt,
  type AttemptKind,
  type Call,
  type CallFacts,
  type CivilDate,
  CONSENT_LEVELS,
  type Consent,
  type ConsentLevel,
  type Decision,
  RELATIONSHIP_KINDS,
  type Reason,
  type RelationshipKind,
} from "./decide/types.ts";
export { ComplianceError, type ComplianceErrorCode } from "./error.ts";
export type { AreaCode, Geography, PostalPlace } from "./geography/types.ts";
export {
  CALL_TYPES,
  type CallType,
  CONFIDENCES,
  type Confidence,
  EXEMPTIONS,
  type Exemption,
  type InlineGeography,
  type Rule,
  type RuleKind,
  type RuleOf,
  type RulePack,
  rulePackJsonSchema,
  type WeekHours,
} from "./pack/schema.ts";
