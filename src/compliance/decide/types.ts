// What goes into a decision and what comes out of it.

import type { Instant } from "../../kernel/index.ts";
import type { CallType, LineType, RuleOf } from "../pack/schema.ts";

/** A civil date, `YYYY-MM-DD`. */
export type CivilDate = string;

/** The call that somebody wants to place. */
export interface Call {
  /** E.164, such as +12125550123. */
  readonly number: string;
  readonly callType: CallType;
  /** US ZIP or Canadian postal code of the person, when known; its zone is then the only one. */
  readonly postal?: string | undefined;
  /** Campaign subject or debt; missing means "A". */
  readonly subject?: string | undefined;
}

/** `attempt`, `conversation` and `abandoned` are placed calls; an `inbound-conversation` is a conversation only. */
export const ATTEMPT_KINDS = ["attempt", "conversation", "inbound-conversation", "abandoned"] as const;
/** What kind of call an attempt was. */
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** A call with this person that took place. */
export interface Attempt {
  readonly at: Instant;
  /** Missing means `attempt`. */
  readonly kind?: AttemptKind | undefined;
  /** Missing means "A". */
  readonly subject?: string | undefined;
}

/** Levels of consent, weakest first. */
export const CONSENT_LEVELS = ["none", "express", "written"] as const;
/** A level of consent. */
export type ConsentLevel = (typeof CONSENT_LEVELS)[number];

/** Consent as it was given, and when it was withdrawn. */
export interface Consent {
  readonly level: ConsentLevel;
  readonly at: Instant;
  readonly revokedAt?: Instant | undefined;
}

/** What a business relationship rests on; how long it lasts is the pack's. */
export const RELATIONSHIP_KINDS = ["transaction", "inquiry"] as const;
/** What a business relationship rests on. */
export type RelationshipKind = (typeof RELATIONSHIP_KINDS)[number];

/** What is known about the person called. Everything is optional; what is missing was not observed. */
export interface CallFacts {
  readonly attempts?: readonly Attempt[] | undefined;
  /** Calls to this person that the tenant shows, by whomever they were placed: a cap counts these or `attempts`, whichever are more. */
  readonly tenantAttempts?: readonly Attempt[] | undefined;
  readonly consent?: Consent | undefined;
  /** The established business relationship. */
  readonly ebr?: { readonly kind: RelationshipKind; readonly date: CivilDate } | undefined;
  readonly dnc?:
    | {
        /** On a national registry. */
        readonly national?: boolean | undefined;
        /** On our own list since. */
        readonly internalAt?: Instant | undefined;
        /** The states whose own do-not-call lists hold the number, such as "US-IN". */
        readonly lists?: readonly string[] | undefined;
      }
    | undefined;
  /** Date of the national registry file the number was checked against; missing means fresh, so a caller without one must not ask. */
  readonly scrubbedOn?: CivilDate | undefined;
  /**
   * Dates of the do-not-call files that the number was checked against, by list: "US" for the registry of a country, "US-IN" for the list of a
   * state. Null, or a list that is not named: no file of it is loaded. Counts instead of `scrubbedOn`.
   */
  readonly registryFiles?: Readonly<Record<string, CivilDate | null>> | undefined;
  /** What the line is; missing means that it may be any. */
  readonly lineType?: LineType | undefined;
  /** Date on which the Reassigned Numbers Database was last asked about the number; missing means never. */
  readonly rndQueriedOn?: CivilDate | undefined;
  /** Date of the last permanent disconnection known (Reassigned Numbers Database). */
  readonly rndDisconnectedOn?: CivilDate | undefined;
  /** A live agent is certain to be there when the call is answered. */
  readonly guaranteedAgent?: boolean | undefined;
  /** Calls the campaign has placed on one local date of its own zone, to anybody. */
  readonly campaignCalls?: { readonly date: CivilDate; readonly placed: number } | undefined;
}

/** One rule broken, in words for a person. */
export interface Reason {
  /** Id of what is broken, such as HOURS_STATE. */
  readonly rule: string;
  /** Id of the pack's rule behind it; undefined for what holds whatever the pack says (validity, location). */
  readonly ruleId: string | undefined;
  readonly jurisdiction: string | undefined;
  readonly citation: string | undefined;
  /** The zone whose clock it is about, if it is about one. */
  readonly zone: string | undefined;
  /** The sentence. */
  readonly text: string;
}

/** Where a cap on calls to this person stands. */
export interface CapReading {
  /** Id of what it breaks when it is reached, such as FREQ_24H. */
  readonly rule: string;
  readonly ruleId: string;
  readonly jurisdiction: string;
  readonly citation: string;
  readonly max: number;
  readonly period: RuleOf<"attempt-cap">["period"];
  readonly scope: RuleOf<"attempt-cap">["scope"];
  /** Calls that count now; where zones disagree, the most. */
  readonly placed: number;
  /** Calls that it leaves now. */
  readonly left: number;
}

/** The answer. Plain data but for `reasons` and `cap`, which are worked out when they are read. */
export interface Decision {
  readonly decision: "allow" | "deny";
  /** Every rule broken at the instant asked about, sorted. */
  readonly rules: readonly string[];
  readonly reasons: readonly Reason[];
  /**
   * The binding one of all caps on calls to this person, whether it denies or not: the one that leaves the fewest calls; of several that leave
   * none the one that lets go last, else the one that allows the fewest. Null when no cap holds for the call.
   */
  readonly cap: CapReading | null;
  /**
   * The earliest instant, at or after the one asked about, at which the same call with the same facts breaks no rule; null when there is
   * none within 45 days. Of an allowed call it is the instant asked about.
   */
  readonly next: Instant | null;
  /** Every zone that counted. */
  readonly zones: readonly string[];
  /** `id@version` of the pack. */
  readonly packVersion: string;
  /** Version of the time-zone data, such as "2026c". */
  readonly timeZoneData: string;
  /** The same as plain data, the reasons put into words. */
  toJSON(): Omit<Decision, "toJSON">;
}
