// Types of the facts about telephone numbers. A number is E.164 without its plus sign, as a JavaScript number (15 digits fit).

import type { Instant } from "../../kernel/index.ts";

/** The digits of an E.164 number without the plus sign. */
export type PhoneKey = number;

/** A level of consent, weakest first. */
export type ConsentLevel = "none" | "express" | "written";
/** The kind of an attempt. */
export type AttemptKind = "attempt" | "conversation" | "inbound-conversation" | "abandoned";
/**
 * How an answered call went: `served` (an agent spoke in time), `late` (an agent spoke, but too late), `hangup` (the person hung
 * up before an agent was due), `dropped` (no agent in time), `machine` (not a person).
 */
type AnswerClass = "served" | "late" | "hangup" | "dropped" | "machine";

/** A consent as it was given; `none` means that the person was asked and gave none. */
export interface NewConsent {
  readonly number: PhoneKey;
  readonly givenAt: Instant;
  readonly level: ConsentLevel;
  /** The basis of the consent: form, call recording, contract. */
  readonly basis: string;
  /** The wording that was agreed to. */
  readonly wording: string;
  /** Which system or campaign took it. */
  readonly source: string;
  /** Where the proof is: an id, a URL, a file name. */
  readonly evidence: string;
}

/** A person revoked consent. It is always a suppression as well. */
export interface NewRevocation {
  readonly number: PhoneKey;
  /** Null when it is not known: it counts from when it is first recorded on. */
  readonly revokedAt: Instant | null;
  /** The channel: call, sms, e-mail, letter, web, or a system's name. */
  readonly channel: string;
  /** Where it can be looked up. */
  readonly reference: string;
  /** What the person said or wrote; stored on the company's list. */
  readonly code?: string | undefined;
}

/** Where a suppression came from. */
export type SuppressionOrigin = "outcome" | "channel" | "manual" | "list";

/** A number that must not be called any more. */
export interface NewSuppression {
  readonly number: PhoneKey;
  /** When the person said so; null when it is only known from a list. */
  readonly saidAt: Instant | null;
  readonly origin: SuppressionOrigin;
  /** The code or phrase, as received. */
  readonly code: string;
  /** A call, a ticket, a message. */
  readonly reference: string;
}

/** A placed call, or an inbound call that was a conversation. */
export interface NewAttempt {
  readonly number: PhoneKey;
  readonly at: Instant;
  readonly kind: AttemptKind;
  /** Campaign subject or debt; empty when there is none. */
  readonly subject: string;
  readonly campaign: string;
  readonly callId: string;
  /** Null when nobody and nothing answered, or when it is not known. */
  readonly answer: AnswerClass | null;
}

/** A disposition as the vendor reported it. */
export interface NewOutcome {
  readonly callId: string;
  readonly code: string;
  readonly at: Instant;
  /** Null when the report does not contain it; it is then found by the attempt of the same call. */
  readonly number: PhoneKey | null;
  readonly campaign: string;
  /** The pattern by which it is an opt-out; null for none. Once written it stays, however the code is classified later. */
  readonly optOut: string | null;
}

/** A business relationship to add. */
export interface NewRelationship {
  readonly number: PhoneKey;
  readonly kind: "transaction" | "inquiry";
  /** Calendar date, YYYY-MM-DD. */
  readonly since: string;
}

/** An answer of the Reassigned Numbers Database; at least one of the dates is set. */
export interface NewDisconnection {
  readonly number: PhoneKey;
  /** Calendar date of the permanent disconnection, YYYY-MM-DD; undefined when none is known. */
  readonly disconnectedOn?: string | undefined;
  /** Calendar date on which the database was asked; undefined when only the disconnection is known. */
  readonly queriedOn?: string | undefined;
}

/** A kind of telephone line. */
export type LineType = "mobile" | "landline" | "voip";

/** The type of a line on a date. */
export interface NewLineType {
  readonly number: PhoneKey;
  readonly lineType: LineType;
  /** Calendar date, YYYY-MM-DD. */
  readonly seenOn: string;
}

/** What the store knows about one number. Lists are unordered. */
export interface NumberFacts {
  readonly consents: readonly { readonly level: ConsentLevel; readonly at: Instant }[];
  /** Instants of revocation. */
  readonly revocations: readonly Instant[];
  /** Since when the number is on the company's own list; undefined when it is not. */
  readonly suppressedSince: Instant | undefined;
  /** The entry has no date of its own: `suppressedSince` is when it was loaded. */
  readonly suppressionLoaded: boolean;
  readonly attempts: readonly {
    readonly at: Instant;
    readonly kind: AttemptKind;
    readonly subject: string;
    readonly campaign: string;
  }[];
  /** The lists (a country such as US, a state such as US-IN) whose current file holds the number. */
  readonly registries: readonly string[];
  readonly relationships: readonly { readonly kind: "transaction" | "inquiry"; readonly date: string }[];
  /** Date of the last permanent disconnection known. */
  readonly disconnectedOn: string | undefined;
  /** Date on which the Reassigned Numbers Database was last asked. */
  readonly queriedOn: string | undefined;
  readonly lineType: LineType | undefined;
}

/** Who does it, for the audit log. */
export interface FactsActor {
  readonly actor: string;
  /** The import it belongs to. */
  readonly importId?: string | undefined;
}

/** An import of a file of facts. */
export interface FactImport {
  readonly id: string;
  readonly kind: string;
  readonly sourceName: string;
  readonly actor: string;
  /** Of the file, bytes; absent where it is not known. */
  readonly size?: number | undefined;
}

/** Imports that are under way. */
export interface UnderWay {
  /** When the first of them began, ms since the epoch. */
  readonly since: number;
  /** Lines that may still come at most; null where that is not known. */
  readonly toCome: number | null;
}

/** The counts of an import. `known` records existed already. */
export interface ImportCounts {
  readonly read: number;
  readonly added: number;
  readonly known: number;
  readonly refused: number;
}

/** Tables whose rows are counted by import. Registry numbers are in force only when their file is. */
export type FactTable =
  | "consents"
  | "suppressions"
  | "relationships"
  | "disconnections"
  | "lines"
  | "attempts"
  | "registryNumbers";

/** How many rows of an import are in force. */
export type RowsInForce = Readonly<Partial<Record<FactTable, number>>>;

/** The read beginning of a file. */
export interface PrefixOfFile {
  readonly bytes: number;
  readonly hash: string;
}

/** The state of an import. */
export interface ImportRow extends FactImport {
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  /** Null until it has finished. */
  readonly counts: ImportCounts | null;
  readonly inForce: RowsInForce;
  /** How much of the file had been read when that was last recorded, and its hash; null before. */
  readonly bytes: number;
  readonly prefixHash: string | null;
  /** When it was marked as broken off, and why. */
  readonly brokenOffAt: Instant | null;
  readonly reason: string | null;
  /** The import that completed it; itself when it added nothing and its caller was told so. */
  readonly completedBy: string | null;
}

/** State of the company's own do-not-call list. */
export interface CompanyList {
  /** `declared-empty`: a person declared that there is no list besides what the store contains. */
  readonly state: "loaded" | "declared-empty";
  /** When it was first available, and when it was last loaded or declared. */
  readonly since: Instant;
  readonly at: Instant;
  /** Who loaded it, or the person who declared it empty. */
  readonly actor: string;
  /** The file's name, or the reason of a declaration. */
  readonly source: string;
}

/** A revocation with the acknowledgements of each system. */
export interface RevocationState {
  readonly id: number;
  readonly number: PhoneKey;
  readonly revokedAt: Instant;
  readonly channel: string;
  readonly reference: string;
  readonly acknowledgements: readonly {
    readonly system: string;
    readonly at: Instant;
    readonly actor: string;
    readonly evidence: string;
  }[];
}

/** A file of a registry that is in force for some area codes. */
export interface RegistryFile {
  readonly id: number;
  readonly registry: string;
  readonly sourceName: string;
  readonly loadedAt: Instant;
  /** The area codes that it is in force for. */
  readonly covers: readonly CoveredArea[];
}

/** An area code that a registry file is in force for. */
export interface CoveredArea {
  /**
   * Of the North American plan; `OTHERS` (0): every area code that no file of the registry is in force for by name, and all of a
   * list outside of that plan.
   */
  readonly areaCode: number;
  /** Date of the file, or of the list of changes that was applied last, YYYY-MM-DD. */
  readonly asOf: string;
  readonly numbers: number;
}

/** Answered calls of an hour. */
export interface AnsweredHour {
  /** Start of the hour. */
  readonly start: Instant;
  readonly served: number;
  readonly late: number;
  readonly hangup: number;
  readonly dropped: number;
  readonly machine: number;
}

/** A call that was placed. */
export interface PlacedCall {
  readonly number: PhoneKey;
  readonly at: Instant;
  readonly campaign: string;
  /** Campaign subject or debt; empty when there is none. */
  readonly subject: string;
  /** Further numbers of the person: those with which a call to this number was imported. */
  readonly others: readonly PhoneKey[];
}

/** Which placed calls to read. */
export interface PlacedQuery {
  /** Calls in [since, until), ms since the epoch. */
  readonly since: Instant;
  readonly until: Instant;
  /** The last call of the page before. */
  readonly after?: PlacedCall | undefined;
  readonly limit: number;
}
