// Types of access to the service.

import type { Instant } from "../../kernel/index.ts";

/** Each role includes the rights of the ones before it. */
const ACCESS_ROLES = ["viewer", "operator", "admin"] as const;
/** What a person or token may do. */
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** An API token in a list; the token itself is not stored. */
export interface AccessToken {
  readonly id: string;
  /** Name of the holder, used in the audit log. */
  readonly name: string;
  readonly role: AccessRole;
  /** The person who owns it, as the subject of the sign-in provider; null when not given. */
  readonly person: string | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** A session in a list; its value is not stored. */
export interface AccessSession {
  readonly id: string;
  readonly name: string;
  /** A readable name from the sign-in provider. */
  readonly label: string | null;
  readonly role: AccessRole;
  /** Of the token that opened it. */
  readonly tokenId: string | null;
  /** When its holder signed in. */
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant;
  readonly expiresAt: Instant;
}

/** An authenticated caller. */
export interface Principal {
  readonly name: string;
  readonly role: AccessRole;
  readonly via: "token" | "session";
  readonly expiresAt: Instant | null;
  /** Set for a session. */
  readonly sessionId: string | null;
  /** Set for a token that the store knows. */
  readonly tokenId: string | null;
  /** Identity of the person, whichever way they signed in: the name from the provider's subject; absent when it is not known. */
  readonly person?: string | null;
  /** A readable name, such as an e-mail address. It may change, and no decision depends on it. */
  readonly label?: string | null;
}

/** Prefix of the names of people who signed in by the provider; tokens cannot have it. */
export const PERSON_PREFIX = "sso:";
/** Prefix of the names of assistants on streams; tokens cannot have it. */
export const ASSISTANT_PREFIX = "assistant of ";

/** A new or renewed session: the value goes into the cookie and is not stored. */
export interface SessionValue {
  readonly value: string;
  readonly expiresAt: Instant;
}

/** A dangerous action that waits for a second person. */
export interface Approval {
  readonly id: string;
  readonly operation: string;
  readonly summary: string;
  readonly confirm: string;
  /** The original request, as JSON. */
  readonly request: unknown;
  readonly requestedBy: string;
  readonly requestedPerson: string | null;
  /** The token by which it was asked for, or by which the session was opened; null for other sessions. */
  readonly requestedToken: string | null;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  /**
   * `interrupted`: approved, but the process that carried it out ended before it was finished. `outcome_unknown`: approved, but the
   * answer to what was sent is not known.
   */
  readonly state: "pending" | "approved" | "rejected" | "failed" | "interrupted" | "outcome_unknown";
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  readonly message: string | null;
  /** The job that was begun by it; null when there is none. */
  readonly jobId: string | null;
}

/** How carrying out an approved action ended, when it was not simply done. */
export interface ApprovalEnd {
  readonly state: Extract<Approval["state"], "failed" | "outcome_unknown">;
  readonly message: string;
}

/** An approval with what was shown to the requester. */
export interface ApprovalWithPlan extends Approval {
  /** JSON; null for requests from before plans were stored. */
  readonly plan: unknown;
}

/** State of the Idempotency-Key of a request. */
export type KeyState =
  /** This request is the first: carry it out, then complete the key. */
  | { readonly state: "mine" }
  | { readonly state: "busy" }
  /** The request wrote this, and its answer was lost: by kind and what it is about, as in the audit log. */
  | { readonly state: "lost"; readonly wrote: readonly { readonly action: string; readonly subject: string }[] }
  /** The key was used with another request. */
  | { readonly state: "other" }
  | { readonly state: "done"; readonly status: number; readonly body: string };
