// The words of access to the service.

import type { Instant } from "../../kernel/index.ts";

/** Each role may do what the ones before it may. */
export const ACCESS_ROLES = ["viewer", "operator", "admin"] as const;
/** What a person or token may do. */
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** An API token as it is listed; the token itself is kept nowhere. */
export interface AccessToken {
  readonly id: string;
  /** Who holds it: what the audit says. */
  readonly name: string;
  readonly role: AccessRole;
  /** Which person it is of, as the sign-in provider's subject names them; null when nobody said so. */
  readonly person: string | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** Somebody who was recognised. */
export interface Principal {
  readonly name: string;
  readonly role: AccessRole;
  readonly via: "token" | "session";
  readonly expiresAt: Instant | null;
  /** Of a session. */
  readonly sessionId: string | null;
  /** Who it is, whichever way they signed in: the name that the provider's subject gives; not there when that is not known. */
  readonly person?: string | null;
  /** What people call them, such as an e-mail address: it may change, and nothing is decided by it. */
  readonly label?: string | null;
}

/** What the names of people begin with whom the sign-in provider knows; no token is named so. */
export const PERSON_PREFIX = "sso:";
/** What the names of assistants on streams begin with; no token is named so. */
export const ASSISTANT_PREFIX = "assistant of ";

/** A session that was just opened or rotated: the value goes into the cookie and is kept nowhere. */
export interface SessionValue {
  readonly value: string;
  readonly expiresAt: Instant;
}

/** A dangerous verb that waits for a second person. */
export interface Approval {
  readonly id: string;
  readonly operation: string;
  readonly summary: string;
  readonly confirm: string;
  /** JSON: the request as it came. */
  readonly request: unknown;
  readonly requestedBy: string;
  readonly requestedPerson: string | null;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  /** `interrupted`: approved, and the process that carried it out ended in the middle. */
  readonly state: "pending" | "approved" | "rejected" | "failed" | "interrupted";
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  readonly message: string | null;
}

/** An approval with what was shown to the person who asked. */
export interface ApprovalWithPlan extends Approval {
  /** JSON; null for what was asked for before plans were kept. */
  readonly plan: unknown;
}

/** A request that came with an Idempotency-Key. */
export type KeyState =
  /** This one is the first: it is to be carried out and then completed. */
  | { readonly state: "mine" }
  | { readonly state: "busy" }
  /** The key came with another request before. */
  | { readonly state: "other" }
  | { readonly state: "done"; readonly status: number; readonly body: string };
