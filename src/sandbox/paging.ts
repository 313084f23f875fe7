// Page tokens: opaque, bound to their query, and the two faults that repeat pages.

import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../kernel/index.ts";
import { badRequest } from "./wire.ts";

/** How faults change one request (contract §3). */
export interface Twists {
  readonly staleRead: boolean;
  readonly duplicatePage: boolean;
  readonly loopPage: boolean;
}

export const NO_TWISTS: Twists = { staleRead: false, duplicatePage: false, loopPage: false };

/** The cursor in a token; `repeated` when the token was made to deliver its page again. */
interface Place<Cursor> {
  readonly cursor: Cursor | undefined;
  readonly repeated: boolean;
}

/** The tokens of one listing. */
interface TokenBook<Cursor> {
  readonly place: Place<Cursor>;
  /** The token after this page: for the next cursor, or for this page again when a fault asks for it. Undefined at the end. */
  next(cursor: Cursor | undefined): string | undefined;
}

const DIGEST_LENGTH = 12;

/**
 * Reads the token of a request. Throws a 400 refusal when it cannot be read or belongs to another query.
 * @param facts what the token belongs to: the listing's parameters except the page size
 */
export function readTokens<Schema extends z.ZodType>(
  token: string | undefined,
  facts: unknown,
  cursorSchema: Schema,
  twists: Twists,
): TokenBook<z.output<Schema>> {
  const digest = createHash("sha256").update(canonicalJson(facts)).digest("base64url").slice(0, DIGEST_LENGTH);
  const place = token === undefined ? { cursor: undefined, repeated: false } : open(token, digest, cursorSchema);
  const seal = (cursor: unknown, repeated: boolean): string =>
    Buffer.from(JSON.stringify({ of: digest, at: cursor ?? null, ...(repeated ? { again: true } : {}) })).toString("base64url");
  return {
    place,
    next(cursor) {
      if (twists.loopPage || (twists.duplicatePage && !place.repeated)) return seal(place.cursor, true);
      return cursor === undefined ? undefined : seal(cursor, false);
    },
  };
}

function open<Schema extends z.ZodType>(token: string, digest: string, cursorSchema: Schema): Place<z.output<Schema>> {
  const form = z.strictObject({ of: z.string(), at: z.unknown(), again: z.literal(true).optional() });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    throw badRequest("The page token cannot be read.");
  }
  const read = form.safeParse(value);
  if (!read.success) throw badRequest("The page token cannot be read.");
  if (read.data.of !== digest) throw badRequest("The page token belongs to another query.");
  const repeated = read.data.again === true;
  if (read.data.at === null) return { cursor: undefined, repeated };
  const cursor = cursorSchema.safeParse(read.data.at);
  if (!cursor.success) throw badRequest("The page token cannot be read.");
  return { cursor: cursor.data, repeated };
}

/** The number of the page whose content is sent; when a fault asks for it, always the first, or the one before. */
export function bentPage(page: number, twists: Twists): number {
  if (twists.loopPage) return 1;
  return twists.duplicatePage ? Math.max(1, page - 1) : page;
}
