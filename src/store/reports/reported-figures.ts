// Reported figures, so that a later report can say which of them no longer hold.

import { Ledger } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";

/** A conversion as it was reported; times in ms since the epoch. */
interface KeptFigure {
  /** Which calls, apart from the period: canonical JSON. */
  readonly scope: string;
  /** The period: from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  readonly definition: string;
  readonly calls: number;
  /** Calls by category. */
  readonly counts: {
    readonly success: number;
    readonly warm: number;
    readonly cold: number;
    readonly neutral: number;
    readonly failure: number;
  };
  readonly reportedAt: number;
}

/** The table of reported figures; rows are only added. */
export class KeptFigures extends Ledger {
  /** The latest figure of each period within `from`…`to`. */
  latest(query: {
    readonly scope: string;
    readonly definition: string;
    readonly from: number;
    readonly to: number;
  }): Promise<KeptFigure[]> {
    return this.store.query<KeptFigure>(
      `select distinct on (from_ms, to_ms) scope, definition, from_ms as "from", to_ms as "to", calls, counts, reported_at as "reportedAt"
       from outdial.reported_figures
       where left(scope, 200) collate "C" = left($1, 200) and scope = $1 and definition = $2 and from_ms >= $3 and to_ms <= $4
       order by from_ms, to_ms, id desc`,
      [query.scope, query.definition, query.from, query.to],
    );
  }

  /** Adds figures, all or none. */
  async keep(figures: readonly KeptFigure[]): Promise<void> {
    if (figures.length === 0) return;
    await this.store.query(
      `insert into outdial.reported_figures (scope, definition, from_ms, to_ms, calls, counts, reported_at)
       select scope, definition, from_ms, to_ms, calls, counts::jsonb, to_timestamp(reported_ms / 1000)
       from unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::bigint[], $4::bigint[], $5::bigint[], ${textColumn("$6")}, $7::float8[])
         as f (scope, definition, from_ms, to_ms, calls, counts, reported_ms)`,
      [
        joinTexts(figures.map(({ scope }) => scope)),
        joinTexts(figures.map(({ definition }) => definition)),
        numberArray(figures.map(({ from }) => from)),
        numberArray(figures.map(({ to }) => to)),
        numberArray(figures.map(({ calls }) => calls)),
        joinTexts(figures.map(({ counts }) => JSON.stringify(counts))),
        numberArray(figures.map(({ reportedAt }) => reportedAt)),
      ],
    );
  }
}
