// Reads a person's identity and role from the provider's claims. Pure.

import { ROLES, type Role } from "../../operations/views/index.ts";

/** Which claims are used, and which of their values stand for a role. */
export interface ClaimRules {
  /** The claim that identifies a person permanently. */
  readonly subject: string;
  /** The claim that holds groups or roles: its name, or a path with dots. */
  readonly roleClaim: string;
  /** Roles of outdial by value of that claim. No one gets a role in another way. */
  readonly roles: Readonly<Record<string, Role>>;
}

export interface Recognised {
  /** The provider's id of the person; undefined when the claim is missing or not a text. */
  readonly subject: string | undefined;
  /** The person's name for display. */
  readonly label: string | null;
  /** The highest of the person's roles; undefined when there is none. */
  readonly role: Role | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** Longest label that is stored. */
const LONGEST_LABEL = 100;
/** Printable, without blanks, so that a name in the audit log is one word. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** The identity and role of a person, from the claims. */
export function recognise(claims: Claims, { subject, roleClaim, roles }: ClaimRules): Recognised {
  const named = claims[subject];
  const held = valuesOf(claimAt(claims, roleClaim)).flatMap((value) => (Object.hasOwn(roles, value) ? [roles[value]] : []));
  const label = ["email", "preferred_username", "name"].map((claim) => claims[claim]).find((value) => typeof value === "string");
  return {
    subject: typeof named === "string" && SUBJECT.test(named) ? named : undefined,
    label:
      typeof label === "string"
        ? label
            .replaceAll(/\p{Cc}+/gu, " ")
            .slice(0, LONGEST_LABEL)
            .toWellFormed()
        : null,
    role: ROLES.findLast((role) => held.includes(role)),
  };
}

/** Whether the claim with the roles exists: some providers give it only in a further request about the user. */
export function hasRoles(claims: Claims, { roleClaim }: Pick<ClaimRules, "roleClaim">): boolean {
  return claimAt(claims, roleClaim) !== undefined;
}

/** A claim by its own name, which may contain dots, or by a path. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Claims)[part];
  }
  return at;
}

function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return [claim];
  return Array.isArray(claim) ? claim.filter((value) => typeof value === "string") : [];
}
