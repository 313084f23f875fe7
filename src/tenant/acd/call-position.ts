// How far the ended calls of a window were read, as a text that a caller can keep.

import { TenantError } from "../errors.ts";

/** The position of a reading of a window: the side, and how many of its rows were read. */
export interface Position {
  readonly side: "completed" | "attempts" | "report";
  readonly from: number;
  readonly skip: number;
}

const TOKEN = /^(completed|attempts|report)\.(\d{1,15})\.(\d{1,12})$/;

/** The position that a token says, or the beginning. Throws TenantError `invalid_request`. */
export function positionIn(token: string | undefined, start: number): Position {
  if (token === undefined) return { side: "completed", from: start, skip: 0 };
  const [, side, from, skip] = TOKEN.exec(token) ?? [];
  if (side !== "completed" && side !== "attempts" && side !== "report")
    throw new TenantError("invalid_request", "listCompleted: the page token does not belong to this profile", {
      operationId: "listCompleted",
    });
  return { side, from: Number(from), skip: Number(skip) };
}

/** A position as a token. */
export const tokenOf = ({ side, from, skip }: Position): string => `${side}.${from}.${skip}`;
