// What goes into a decision and what comes out of it.

import type { Instant } from "../../kernel/index.ts";
import type { CallType, LineType, RuleOf } from "../pack/schema.ts";

/** A civil date, `YYYY-MM-DD`. */
export type CivilDate = string;

/** The call to decide on. */
export interface Call {
  /** E.164, such as +12125550123, or as people write it. Of a text that may name several numbers the rules of all bind. */
  readonly number: string;
  readonly callType: CallType;
  /** US ZIP or Canadian postal code of the person, when known: its zones count, beside the number's when they conflict with these. */
  readonly postal?: string | undefined;
  /** Campaign subject or debt; default "A". */
  readonly subject?: string | undefined;
}

/** `attempt`, `conversation` and `abandoned` are placed calls; an `inbound-conversation` counts only as a conversation. */
export const ATTEMPT_KINDS = ["attempt", "conversation", "inbound-conversation", "abandoned"] as const;
/** The kind of an earlier call. */
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** An earlier call with this person. */
export interface Attempt {
  readonly at: Instant;
  /** Default `attempt`. */
  readonly kind?: AttemptKind | undefined;
  /** Default "A". */
  readonly subject?: string | undefined;
}

/** Levels of consent, weakest first. */
export const CONSENT_LEVELS = ["none", "express", "written"] as const;
/** A level of consent. */
export type ConsentLevel = (typeof CONSENT_LEVELS)[number];

/** Consent: when it was given, and when it was withdrawn. */
export interface Consent {
  readonly level: ConsentLevel;
  readonly at: Instant;
  readonly revokedAt?: Instant | undefined;
}

/** What a business relationship is based on; the pack says how long it counts. */
export const RELATIONSHIP_KINDS = ["transaction", "inquiry"] as const;
/** The basis of a business relationship. */
export type RelationshipKind = (typeof RELATIONSHIP_KINDS)[number];

/** In place of a date: files of a list are loaded, but none covers the number's area code, so nothing says whether it is listed. */
export const NOT_COVERED = "not-covered";

/** What is known about the called person. All fields are optional; a missing field means that it was not observed. */
export interface CallFacts {
  readonly attempts?: readonly Attempt[] | undefined;
  /** Calls to this person that the tenant shows, whoever placed them. A cap counts these or `attempts`, whichever are more. */
  readonly tenantAttempts?: readonly Attempt[] | undefined;
  readonly consent?: Consent | undefined;
  /** The established business relationship. */
  readonly ebr?: { readonly kind: RelationshipKind; readonly date: CivilDate } | undefined;
  readonly dnc?:
    | {
        /** The number is on a national registry. */
        readonly national?: boolean | undefined;
        /** Since when it is on our own list. */
        readonly internalAt?: Instant | undefined;
        /** When an entry of our own list that has no date of its own was loaded. Nobody knows since when it holds: it counts always. */
        readonly internalLoadedAt?: Instant | undefined;
        /** The states whose own do-not-call lists hold the number, such as "US-IN". */
        readonly lists?: readonly string[] | undefined;
      }
    | undefined;
  /**
   * Date of the national registry file that the number was checked against. Missing means fresh: a caller without such a file
   * must not ask for a decision.
   */
  readonly scrubbedOn?: CivilDate | undefined;
  /**
   * Dates of the do-not-call files that the number was checked against, by list: "US" for a country's registry, "US-IN" for a
   * state's list. A date is that of the file that covers the number's area code; `not-covered` means that none of the loaded files
   * does. Null, or a missing list, means that no file is loaded. When given, it is used instead of `scrubbedOn`.
   */
  readonly registryFiles?: Readonly<Record<string, CivilDate | null>> | undefined;
  /** The type of line; missing means that it may be any. */
  readonly lineType?: LineType | undefined;
  /** Date on which the Reassigned Numbers Database was last asked about the number; missing means never. */
  readonly rndQueriedOn?: CivilDate | undefined;
  /** Date of the last known permanent disconnection (Reassigned Numbers Database). */
  readonly rndDisconnectedOn?: CivilDate | undefined;
  /**
   * `always`: entries of our own list and revocations count at every moment, also before they were made, as a gate counts them.
   * Missing: from their own instants on.
   */
  readonly optOutsCount?: "always" | undefined;
  /** A live agent is guaranteed when the call is answered. */
  readonly guaranteedAgent?: boolean | undefined;
  /** How many calls the campaign has placed to all people on one local date of its own zone. */
  readonly campaignCalls?: { readonly date: CivilDate; readonly placed: number } | undefined;
}

/** One violation, in words. */
export interface Reason {
  /** Id of the violation, such as HOURS_STATE. */
  readonly rule: string;
  /** Id of the pack's rule; undefined for violations that do not come from the pack (invalid number, unknown location). */
  readonly ruleId: string | undefined;
  readonly jurisdiction: string | undefined;
  readonly citation: string | undefined;
  /** The zone whose clock the rule is about, if any. */
  readonly zone: string | undefined;
  readonly text: string;
}

/** A rule that an allowed call keeps, and why. */
export interface Weighed {
  readonly ruleId: string;
  readonly jurisdiction: string;
  readonly citation: string;
  /** The rule, the fact that satisfied it with its date, and the citation; a fact that nobody told is called unknown. */
  readonly text: string;
}

/** The state of a cap on calls to this person. */
export interface CapReading {
  /** Id of the violation when the cap is reached, such as FREQ_24H. */
  readonly rule: string;
  readonly ruleId: string;
  readonly jurisdiction: string;
  readonly citation: string;
  readonly max: number;
  readonly period: RuleOf<"attempt-cap">["period"];
  readonly scope: RuleOf<"attempt-cap">["scope"];
  /** Calls that count now; where zones disagree, the most. */
  readonly placed: number;
  /** Calls that may still be placed now. */
  readonly left: number;
}

/** The answer. Plain data, except that `reasons`, `weighed` and `cap` are computed when they are read. */
export interface Decision {
  readonly decision: "allow" | "deny";
  /** Every violation at the instant asked about, sorted. */
  readonly rules: readonly string[];
  readonly reasons: readonly Reason[];
  /** Of an allowed call: every rule that applies, with what satisfied it. Null of a denied one. */
  readonly weighed: readonly Weighed[] | null;
  /**
   * The binding one of all caps on calls to this person, whether it denies or not: the one with the fewest calls left; among
   * several with none left the one that denies longest, otherwise the one that allows the fewest. Null when no cap applies to the
   * call.
   */
  readonly cap: CapReading | null;
  /**
   * The earliest instant, at or after the one asked about, at which the same call with the same facts breaks no rule; null when
   * there is none within 45 days. For an allowed call it is the instant asked about.
   */
  readonly next: Instant | null;
  /** Every zone that counted. */
  readonly zones: readonly string[];
  /** `id@version` of the pack. */
  readonly packVersion: string;
  /** Version of the time-zone data, such as "2026c". */
  readonly timeZoneData: string;
  /** The decision on each number, where the text names several; undefined where it names one or none. */
  readonly readings?: readonly { readonly call: Call; readonly decision: Decision }[] | undefined;
  /** The decision as plain data, with the reasons in words. */
  toJSON(): Omit<Decision, "toJSON" | "readings">;
}
