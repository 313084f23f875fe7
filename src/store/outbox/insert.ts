// Inserts events into the outbox inside of the caller's transaction.

import { joinTexts, textColumn } from "../database/arrays.ts";
import type { Connection } from "../plain-types.ts";
import type { OutboxEvent } from "./types.ts";

const INSERT = {
  name: "outbox-insert",
  text: `insert into outdial.outbox (event_id, endpoint, subject, type, body, created_at, next_attempt_at)
    select event_id, endpoint, subject, type, body, $6::timestamptz, $6::timestamptz
    from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}) with ordinality as e (event_id, endpoint, subject, type, body, n)
    order by n`,
};

/** Receivers of alarms: by webhook and by e-mail. */
export const ALARMS = "alarms";
export const MAIL = "mail";

/** The events for all receivers: an alarm is also sent by e-mail where the store has that, with the same id. */
export function copied(events: readonly OutboxEvent[], receivers: ReadonlySet<string>): readonly OutboxEvent[] {
  if (!receivers.has(MAIL)) return events;
  const both = receivers.has(ALARMS) ? [ALARMS, MAIL] : [MAIL];
  return events.flatMap((event) => (event.endpoint === ALARMS ? both.map((endpoint) => ({ ...event, endpoint })) : [event]));
}

/** Adds events, due at once. */
export async function insertEvents(connection: Connection, events: readonly OutboxEvent[], now: number): Promise<void> {
  const column = (name: keyof OutboxEvent) => joinTexts(events.map((event) => event[name]));
  const values = [column("eventId"), column("endpoint"), column("subject"), column("type"), column("body"), new Date(now)];
  await connection.query({ ...INSERT, values });
}
