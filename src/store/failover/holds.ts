// Contacts that a campaign must not call for some time, because another campaign called them before the hand-over.

import type { Instant } from "../../kernel/index.ts";
import { Ledger } from "../commit.ts";
import { numberArray } from "../database/arrays.ts";
import type { PhoneKey } from "../facts/types.ts";
import type { ContactHold } from "./types.ts";

/** Contacts that a campaign must not call because another one called them before the hand-over. */
export class HandoverHolds extends Ledger {
  /** Holds contacts back from a campaign; the later of two times is kept. */
  async hold(
    campaign: string,
    of: { readonly primary: string; readonly handover: number },
    holds: readonly ContactHold[],
  ): Promise<void> {
    if (holds.length === 0) return;
    await this.store.query(
      `insert into outdial.handover_holds (campaign, number, until, primary_id, handover)
       select $1, number, to_timestamp(max(until) / 1000), $2, $3 from unnest($4::bigint[], $5::float8[]) as h (number, until) group by number
       on conflict (campaign, number) do update set until = greatest(handover_holds.until, excluded.until),
         primary_id = excluded.primary_id, handover = excluded.handover`,
      [
        campaign,
        of.primary,
        of.handover,
        numberArray(holds.map(({ number }) => number)),
        numberArray(holds.map(({ until }) => until)),
      ],
    );
  }

  /** Which of these numbers the campaign must not call at an instant. */
  async heldFrom(campaign: string, numbers: readonly PhoneKey[], at: Instant): Promise<ReadonlyMap<PhoneKey, Instant>> {
    if (numbers.length === 0) return new Map();
    const rows = await this.store.query<{ number: PhoneKey; until: Instant }>(
      "select number, until from outdial.handover_holds where campaign = $1 and number = any($2::bigint[]) and until > $3",
      [campaign, numberArray(numbers), new Date(at)],
    );
    return new Map(rows.map(({ number, until }) => [number, until]));
  }

  /** Numbers that a campaign has called since an instant, by outdial's own ledger of calls. */
  async calledBy(campaign: string, since: Instant): Promise<PhoneKey[]> {
    const rows = await this.store.query<{ number: PhoneKey }>(
      "select distinct number from outdial.attempts where campaign = $1 and at >= $2 and kind <> 'inbound-conversation'",
      [campaign, new Date(since)],
    );
    return rows.map(({ number }) => number);
  }

  /** Number of contacts held back from a campaign at an instant. */
  async count(campaign: string, at: Instant): Promise<number> {
    const [row] = await this.store.query<{ held: number }>(
      "select count(*)::int as held from outdial.handover_holds where campaign = $1 and until > $2",
      [campaign, new Date(at)],
    );
    return row?.held ?? 0;
  }

  /** The contacts held back, in order of number. */
  list(campaign: string, at: Instant, after: PhoneKey, limit: number): Promise<ContactHold[]> {
    return this.store.query<ContactHold>(
      "select number, until from outdial.handover_holds where campaign = $1 and until > $2 and number > $3 order by number limit $4",
      [campaign, new Date(at), after, limit],
    );
  }
}
