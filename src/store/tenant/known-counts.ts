// The most of a thing that the tenant said there are since a person's last word, so that a far lower count is noticed, also one that came in steps.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";

/** What is counted. `contacts`: those of a contact list. `answers`: live answers of a campaign in the last 30 days, the last count that was believed. */
type CountedKind = "contacts" | "answers";

/** The largest count of a thing that was believed since a person's last word, and a far lower one since. */
interface KnownCount {
  readonly what: CountedKind;
  /** Whose count, such as the id of a list. */
  readonly subject: string;
  readonly count: number;
  readonly seenAt: Instant;
  /** The far lower count that nobody has confirmed; null when there is none. */
  readonly answered: number | null;
  readonly answeredAt: Instant | null;
}

const COLUMNS = `what, subject, count::float8 as count, seen_at as "seenAt", answered::float8 as answered, answered_at as "answeredAt"`;

/** Writes and reads counts of the tenant. */
export class KnownCounts extends Ledger {
  async find(what: CountedKind, subject: string): Promise<KnownCount | undefined> {
    const [row] = await this.store.query<KnownCount>(
      `select ${COLUMNS} from outdial.known_counts where what = $1 and subject = $2`,
      [what, storable(subject)],
    );
    return row;
  }

  /** Whose counts are known, without those that have nothing by the tenant's and a person's word. */
  async subjects(what: CountedKind): Promise<readonly string[]> {
    const rows = await this.store.query<{ subject: string }>(
      `select subject from outdial.known_counts where what = $1 and (count > 0 or answered is not null)`,
      [what],
    );
    return rows.map(({ subject }) => subject);
  }

  /** Those that wait for the word of a person. */
  lower(): Promise<KnownCount[]> {
    return this.store.query<KnownCount>(
      `select ${COLUMNS} from outdial.known_counts where answered is not null order by what, subject`,
    );
  }

  /** Keeps the last count that is believed, in place of any earlier one. */
  async renew(what: CountedKind, subject: string, count: number, at: Instant): Promise<void> {
    await this.store.query(
      `insert into outdial.known_counts as known (what, subject, count, seen_at) values ($1, $2, $3, $4)
       on conflict (what, subject) do update set count = excluded.count, seen_at = excluded.seen_at where known.seen_at <= excluded.seen_at`,
      [what, storable(subject), count, new Date(at)],
    );
  }

  /** Keeps a count that is believed, where it is not below an earlier one, or one that is not as an answer that waits for a person's word. */
  async keep(
    what: CountedKind,
    subject: string,
    count: number,
    { at, believed }: { at: Instant; believed: boolean },
  ): Promise<void> {
    const values = [what, storable(subject), count, new Date(at)];
    await this.store.query(
      believed
        ? `insert into outdial.known_counts as known (what, subject, count, seen_at) values ($1, $2, $3, $4)
           on conflict (what, subject) do update set count = greatest(known.count, excluded.count), answered = null, answered_at = null,
             seen_at = case when excluded.count < known.count then known.seen_at else excluded.seen_at end
             where greatest(known.seen_at, known.answered_at) <= excluded.seen_at`
        : `update outdial.known_counts set answered = $3, answered_at = $4 where what = $1 and subject = $2 and seen_at <= $4`,
      values,
    );
  }

  /** Takes the word of a person that lower counts are right, with its audit entries. @returns the subjects of those */
  confirm(
    what: CountedKind,
    subjects: readonly string[],
    audit: (subject: string, counts: { readonly count: number; readonly answered: number }) => AuditInput,
  ): Promise<readonly string[]> {
    return this.store.commit(async (tx) => {
      const rows = await tx.query<{ subject: string; count: number; answered: number }>(
        `select subject, count::float8 as count, answered::float8 as answered from outdial.known_counts
         where what = $1 and answered is not null and subject = any (${textColumn("$2")}) for update`,
        [what, joinTexts(subjects)],
      );
      await tx.query(
        `update outdial.known_counts set count = answered, seen_at = answered_at, answered = null, answered_at = null
         where what = $1 and answered is not null and subject = any (${textColumn("$2")})`,
        [what, joinTexts(rows.map(({ subject }) => subject))],
      );
      tx.audit(rows.map(({ subject, ...counts }) => audit(subject, counts)));
      return rows.map(({ subject }) => subject);
    });
  }
}
