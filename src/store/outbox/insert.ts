// Inserts events into the outbox inside of the caller's transaction.

import { joinTexts, textColumn } from "../database/arrays.ts";
import type { Connection } from "../plain-types.ts";
import type { NewEvent, OutboxEvent } from "./types.ts";

const INSERT = {
  name: "outbox-insert",
  text: `insert into outdial.outbox (event_id, endpoint, subject, type, body, created_at, next_attempt_at)
    select event_id, endpoint, subject, type, body, $6::timestamptz, $6::timestamptz
    from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}) with ordinality as e (event_id, endpoint, subject, type, body, n)
    order by n`,
};

/** The receiver of alarms by e-mail. */
export const MAIL = "mail";

/** The receivers that the store has, each with the types of events that it takes. */
export type Takers = ReadonlyMap<string, ReadonlySet<string>>;

/** The events, once for each receiver that takes their type. */
export function addressed(events: readonly NewEvent[], takers: Takers): readonly OutboxEvent[] {
  return events.flatMap(({ endpoint, ...event }) =>
    endpoint === undefined
      ? [...takers].filter(([, types]) => types.has(event.type)).map(([name]) => ({ ...event, endpoint: name }))
      : [{ ...event, endpoint }],
  );
}

/** Adds events, due at once. */
export async function insertEvents(connection: Connection, events: readonly OutboxEvent[], now: number): Promise<void> {
  if (events.length === 0) return;
  const column = (name: keyof OutboxEvent) => joinTexts(events.map((event) => event[name]));
  const values = [column("eventId"), column("endpoint"), column("subject"), column("type"), column("body"), new Date(now)];
  await connection.query({ ...INSERT, values });
}
