// Lists inside of replies: a missing list is a broken reply, not an empty list.

import { z } from "zod";

/** A list that must be present, even when it is empty. */
export const presentList = <Item extends z.ZodType>(item: Item) =>
  z.array(item, { error: "there is no list here, not even an empty one" });

/** The reply of an operation that is read page by page. With a `total` of 0, the list `name` may be missing. */
export function pageReply<Schema extends z.ZodType>(name: string, schema: Schema) {
  return z.preprocess((reply) => (saysNone(reply, name) ? { ...reply, [name]: [] } : reply), schema);
}

function saysNone(reply: unknown, name: string): reply is object {
  if (typeof reply !== "object" || reply === null || Array.isArray(reply)) return false;
  const fields = new Map<string, unknown>(Object.entries(reply));
  return fields.get("total") === 0 && (fields.get(name) ?? null) === null;
}
