// What an allowed call was weighed by: every rule that applies to it, with the fact that satisfied it and the date of the fact. What nobody told is said to
// be unknown.

import type { Instant } from "../../kernel/index.ts";
import { describeRule } from "../pack/describe.ts";
import type { Rule, RuleOf } from "../pack/schema.ts";
import type { Zone } from "../time/zone.ts";
import { inScope, isConversation, isPlaced } from "./checks-attempts.ts";
import type { CompiledPack, Place } from "./compile.ts";
import { type Context, isGiven } from "./context.ts";
import { instantText, localTime } from "./reasons.ts";
import type { Attempt, Call, Weighed } from "./types.ts";

/**
 * The rules that bind an allowed call, in the pack's order, each with what satisfied it.
 * @param context begun with the call and turned to the instant
 */
export function weighedFor(pack: CompiledPack, place: Place, { callType }: Call, context: Context): readonly Weighed[] {
  return place.rules[callType].flatMap((bound): Weighed[] => {
    const standing = bound.standing(context);
    if (standing === undefined) return [];
    const { rule, by, months, placed } = standing;
    const { id: ruleId, jurisdiction, citation } = rule;
    const title = pack.pack.jurisdictions.find(({ id }) => id === jurisdiction)?.title ?? jurisdiction;
    const fact =
      by === "line"
        ? `it binds ${(rule.lines ?? []).join(" and ")} lines, and this one is ${context.facts.lineType}`
        : by === "consent"
          ? `lifted by ${consentText(context)}`
          : by === "relationship"
            ? `lifted by ${relationshipText(context, months)}`
            : factOf(pack, rule, context, placed);
    const lines = by === "line" || rule.lines === undefined ? "" : ` (${rule.lines.join(" and ")} lines)`;
    const where = jurisdiction === "*" ? "everywhere" : title;
    return [{ ruleId, jurisdiction, citation, text: `${where}: ${describeRule(rule)}${lines}: ${fact} (${citation})` }];
  });
}

const NOT_LOOKED_AT = "earlier calls were not looked at";
const dayText = (at: Instant) => instantText(at).slice(0, 10);

function consentText({ facts: { consent } }: Context): string {
  return consent === undefined || !isGiven(consent.level)
    ? "no consent is known"
    : `${consent.level} consent of ${dayText(consent.at)}`;
}

function relationshipText({ facts: { ebr } }: Context, months: RuleOf<"relationship">["months"] | undefined): string {
  if (ebr === undefined) return "no relationship is known";
  return `the ${ebr.kind} of ${ebr.date}, which counts for ${months?.[ebr.kind] ?? 0} months`;
}

function factOf(pack: CompiledPack, rule: Rule, context: Context, placed: number | undefined): string {
  const { facts, zones, at } = context;
  switch (rule.kind) {
    case "calling-hours":
      return `it is ${clocks(at, rule.zone === undefined ? zones : [pack.zone(rule.zone)])}`;
    case "closed-days":
      return `${clocks(at, zones)} is on none of them`;
    case "emergency-ban":
      return "the rule pack lists none there at this moment";
    case "attempt-cap": {
      if (facts.attempts === undefined && facts.tenantAttempts === undefined) return NOT_LOOKED_AT;
      const latest = latestOf(context, rule.scope, isPlaced);
      return `${placed} of ${rule.max}${latest === undefined ? "" : `, the latest call at ${instantText(latest)}`}`;
    }
    case "conversation-quiet":
      return latestText(context, rule.scope, isConversation);
    case "abandoned-quiet":
      if (rule.liftedByGuaranteedAgent && facts.guaranteedAgent === true) return "an agent is guaranteed";
      return latestText(context, "all", ({ kind }) => kind === "abandoned");
    case "campaign-day-cap":
      return facts.campaignCalls === undefined
        ? "the campaign's calls were not counted"
        : `${facts.campaignCalls.placed} on ${facts.campaignCalls.date}`;
    case "consent-required":
      return consentText(context);
    case "consent-revocation": {
      const revokedAt = facts.consent?.revokedAt;
      return revokedAt === undefined ? "no revocation is known" : `revoked at ${instantText(revokedAt)}, not yet at this moment`;
    }
    case "national-registry":
      return listed(facts.dnc?.national === undefined, files(context, rule));
    case "do-not-call-list":
      return listed(facts.dnc?.lists === undefined, files(context, rule));
    case "registry-age":
      return files(context, rule);
    case "reassigned-query":
      return `asked on ${facts.rndQueriedOn}`;
    case "internal-list":
      if (facts.dnc === undefined) return "the list was not looked at";
      return facts.dnc.internalAt === undefined
        ? "not on it"
        : `on it from ${instantText(facts.dnc.internalAt)} on, not yet at this moment`;
    case "relationship":
    case "revocation-deadline":
    case "abandonment-limit":
      return rule.kind;
  }
}

const clocks = (at: Instant, zones: readonly Zone[]) => zones.map((zone) => `${localTime(zone, at)} in ${zone.name}`).join(", ");

const listed = (unknown: boolean, by: string) => `${unknown ? "not known to be on it" : "not on it"}, ${by}`;

/** The dates of the files that a rule about lists looked at. */
function files({ facts, countries }: Context, { jurisdiction, except = [] }: Rule): string {
  const { registryFiles, scrubbedOn } = facts;
  const isState = jurisdiction.includes("-");
  if (registryFiles === undefined)
    return scrubbedOn === undefined || isState ? "no file was named or checked" : `file of ${scrubbedOn}`;
  const lists = jurisdiction === "*" ? countries.filter((country) => !except.includes(country)) : [jurisdiction];
  return lists.map((list) => `file of ${list} of ${registryFiles[list]}`).join(", ");
}

function latestText(context: Context, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): string {
  if (context.facts.attempts === undefined) return NOT_LOOKED_AT;
  const latest = latestOf(context, scope, isOne);
  return latest === undefined ? "none is known" : `the latest was at ${instantText(latest)}`;
}

/** The latest such call. */
function latestOf(context: Context, scope: "subject" | "all", isOne: (attempt: Attempt) => boolean): Instant | undefined {
  const found = [...context.attempts, ...context.tenantAttempts].flatMap((attempt) =>
    isOne(attempt) && inScope(attempt, scope === "all", context.subject) ? attempt.at : [],
  );
  return found.length === 0 ? undefined : Math.max(...found);
}
