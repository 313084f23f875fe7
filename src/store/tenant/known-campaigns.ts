// The campaigns that the tenant's lists have named, and what its last list lacks of them.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";

/** A campaign as in the tenant's list, or as by a confirmed pause or start since then. */
export interface KnownCampaign {
  readonly id: string;
  readonly name: string;
  /** The tenant's word, such as `active` or `paused`. */
  readonly status: string;
  /** When the tenant showed that status. */
  readonly statusAt: Instant;
  /** Since when the tenant's list lacks it; null while it does not. It may dial all the same. */
  readonly lackingSince: Instant | null;
  /** When a person said that it is gone; null when nobody did. */
  readonly goneAt: Instant | null;
}

const COLUMNS = `id, name, status, status_at as "statusAt", lacking_since as "lackingSince", gone_at as "goneAt"`;

/**
 * Several rows are written by one at a time: a stop and a change of state write some of them, too, in an order of their own, and waited
 * for this one while it waited for them.
 */
const ALONE = "lock table outdial.known_campaigns in share row exclusive mode";

type ListListener = (list: readonly Pick<KnownCampaign, "id" | "status">[], at: Instant) => void;

/** Writes and reads the last list of campaigns. The time of its reading is in the tenant readings, as `campaigns`. */
export class KnownCampaigns extends Ledger {
  readonly #listeners: ListListener[] = [];

  /** In the order of the list, with those that the last list lacks. @param options `gone`: also those that a person called gone, at the end */
  list({ gone = false }: { readonly gone?: boolean | undefined } = {}): Promise<KnownCampaign[]> {
    return this.store.query<KnownCampaign>(
      `select ${COLUMNS} from outdial.known_campaigns where $1 or gone_at is null order by gone_at desc nulls first, place, id`,
      [gone],
    );
  }

  /** One campaign, also one that is gone. */
  async find(id: string): Promise<KnownCampaign | undefined> {
    const [row] = await this.store.query<KnownCampaign>(
      `select ${COLUMNS} from outdial.known_campaigns where id = $1 collate "C"`,
      [storable(id)],
    );
    return row;
  }

  /** Calls a listener with every complete list that this process is given to store, whether the database takes it or not. */
  onList(listener: ListListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Stores a complete list: a campaign that is not on it stays known, as lacking. A status from a later time is kept.
   * @param at when the reading began
   */
  async keep(list: readonly Pick<KnownCampaign, "id" | "name" | "status">[], at: Instant): Promise<void> {
    for (const listener of this.#listeners) listener(list, at);
    const once = [...new Map(list.map((one) => [one.id, one])).values()];
    await this.store.commit(async (tx) => {
      await tx.query(ALONE);
      await tx.query(
        `insert into outdial.known_campaigns as known (id, name, status, status_at, active_at, place)
         select id, name, status, $4, case when status <> 'paused' then $4::timestamptz end, place
         from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}) with ordinality as given (id, name, status, place)
         on conflict (id) do update set name = excluded.name, place = excluded.place,
           lacking_since = case when known.lacking_since > excluded.status_at then known.lacking_since end,
           gone_at = case when known.gone_at > excluded.status_at then known.gone_at end,
           status = case when known.status_at > excluded.status_at then known.status else excluded.status end,
           active_at = case when known.status_at > excluded.status_at then known.active_at
             else coalesce(excluded.active_at, known.active_at) end,
           status_at = greatest(known.status_at, excluded.status_at)`,
        [
          joinTexts(once.map(({ id }) => id)),
          joinTexts(once.map(({ name }) => name)),
          joinTexts(once.map(({ status }) => status)),
          new Date(at),
        ],
      );
      await tx.query(
        `update outdial.known_campaigns set lacking_since = $2
         where lacking_since is null and status_at < $2 and not id = any (${textColumn("$1")})`,
        [joinTexts(once.map(({ id }) => id)), new Date(at)],
      );
      // A campaign that was not known then, whose pause or start was confirmed since the reading began.
      await tx.query(
        `update outdial.known_campaigns as known set status = made.target, status_at = made.confirmed_at,
           active_at = case when made.target = 'paused' then null else made.confirmed_at end
         from (select distinct on (campaign_id) campaign_id, target, confirmed_at from outdial.state_intents
               where confirmed_at > $1 order by campaign_id, confirmed_at desc) as made
         where known.id = made.campaign_id and known.status_at < made.confirmed_at`,
        [new Date(at)],
      );
    });
  }

  /** Records the state that the tenant showed when a known campaign was looked at by itself. */
  async saw(id: string, status: string, at: Instant): Promise<void> {
    await this.store.query(
      `update outdial.known_campaigns set status = $2, status_at = $3, active_at = case when $2 = 'paused' then null else $3::timestamptz end
       where id = $1 collate "C" and status_at < $3`,
      [storable(id), storable(status), new Date(at)],
    );
  }

  /**
   * Takes the word of a person that campaigns are gone, with its audit entries. Only those that the last list lacks can be.
   * @returns the ids of those
   */
  goneByWord(ids: readonly string[], audit: (id: string) => AuditInput): Promise<readonly string[]> {
    return this.store.commit(async (tx) => {
      await tx.query(ALONE);
      const said = await tx.query<{ id: string }>(
        `update outdial.known_campaigns set gone_at = $2
         where gone_at is null and lacking_since is not null and id = any (${textColumn("$1")}) returning id`,
        [joinTexts(ids), new Date(this.store.now())],
      );
      tx.audit(said.map(({ id }) => audit(id)));
      return said.map(({ id }) => id);
    });
  }

  /**
   * Adds one campaign that was read by itself, at the end of the list until the list is read again. @param at when the reading
   * began
   */
  async add({ id, name, status }: Pick<KnownCampaign, "id" | "name" | "status">, at: Instant): Promise<void> {
    await this.store.query(
      `insert into outdial.known_campaigns as known (id, name, status, status_at, active_at, place)
       values ($1, $2, $3, $4, case when $3 <> 'paused' then $4::timestamptz end, (select coalesce(max(place), 0) + 1 from outdial.known_campaigns))
       on conflict (id) do update set name = excluded.name, status = excluded.status, status_at = excluded.status_at,
         active_at = excluded.active_at,
         -- The list may lack it all the same.
         gone_at = case when known.gone_at > excluded.status_at then known.gone_at end
         where known.status_at <= excluded.status_at`,
      [storable(id), storable(name), storable(status), new Date(at)],
    );
  }
}
