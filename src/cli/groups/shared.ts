// Options that several groups have.

import { choice, file, pack } from "../declare.ts";

export const PACK = pack("--pack <file>", "rule pack, JSON or YAML; the shipped one by default");

export const CAMPAIGN_RULES = file(
  "--campaign-rules <file>",
  "the campaign's own rules: a campaign file, JSON or YAML, or its complianceConfig",
);

export const callTypes = async () => (await import("../late.ts")).CALL_TYPES;

export const CALL_TYPE = choice("--call-type <type>", "telemarketing, prerecorded or collection", callTypes, {
  default: "telemarketing",
});
