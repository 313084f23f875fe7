// What the provider says of somebody, as far as it decides anything: who they are and what they may do. Pure.

import { ROLES, type Role } from "../../operations/views/index.ts";

/** Which claims count, and which of their values mean a role. */
export interface ClaimRules {
  /** The claim that names a person for good. */
  readonly subject: string;
  /** The claim that holds groups or roles: its name, or a path with dots. */
  readonly roleClaim: string;
  /** Roles of outdial by value of that claim. There is no other way to a role. */
  readonly roles: Readonly<Record<string, Role>>;
}

export interface Recognised {
  /** What the provider knows them by; undefined when the claim is missing or is no text. */
  readonly subject: string | undefined;
  /** What people call them. */
  readonly label: string | null;
  /** The highest of their roles; undefined when they have none. */
  readonly role: Role | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** What is kept of a label. */
const LONGEST_LABEL = 100;
/** Printable, without blanks, so that a name in the audit is one word. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** Who somebody is and what they may do, by their claims. */
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

/** Whether the claim with the roles is there at all: some providers give it only when asked for more about the user. */
export function hasRoles(claims: Claims, { roleClaim }: Pick<ClaimRules, "roleClaim">): boolean {
  return claimAt(claims, roleClaim) !== undefined;
}

/** A claim by its own name, which may have dots, or by a path. */
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
