// A share as a point with its interval on a scale, and as text.

import type { ApiTypes } from "../../server/index.ts";
import { counted, type IntervalKind, interval, intervalKind, percent } from "../view/format.ts";
import type { Column } from "./table-body.tsx";

interface ShareBarProps {
  readonly share: ApiTypes.Share & IntervalKind;
  /** Right end of the scale, a share; the same for all bars that are to be compared. Default 1. */
  readonly to?: number;
  /** A line to compare with, a share. */
  readonly limit?: number | undefined;
  /** Replaces the counts and the kind of interval, when the table says these for all rows. */
  readonly note?: string;
}

export function ShareBar({ share, to = 1, limit, note }: ShareBarProps) {
  if (share.rate === null) return <span class="muted">no calls</span>;
  const at = (value: number) => `${Math.min(100, Math.max(0, (100 * value) / to))}%`;
  const isWithheld = share.method === "none";
  return (
    <span class="interval">
      <strong>{percent(share.rate)}</strong>{" "}
      {isWithheld ? null : <span class="muted small">{interval(share.low, share.high)}</span>}
      <svg aria-hidden="true">
        <rect class="axis" x="0" y="4.5" width="100%" height="1" />
        {isWithheld ? null : <rect class="band" x={at(share.low)} y="2" width={at(share.high - share.low)} height="6" rx="2" />}
        <circle class="point" cx={at(share.rate)} cy="5" r="3" />
        {limit === undefined ? null : <rect class="limit" x={at(limit)} y="0" width="1.5" height="10" />}
      </svg>
      <span class="cell-note">{note ?? counted(share.numerator, share.denominator)}</span>
      {/* On a separate line, so that changing counts do not move the words. */}
      {note === undefined ? <span class="cell-note">{intervalKind(share)}</span> : null}
    </span>
  );
}

/** The kind of interval that all of these shares have; undefined when they differ. */
function kindOfAll(shares: readonly IntervalKind[]): string | undefined {
  const kinds = new Set(shares.map(intervalKind));
  return kinds.size === 1 ? [...kinds][0] : undefined;
}

/** A column of shares on one scale, which its head tells. @param to right end of the scale */
export function shareColumn<Row>(
  name: string,
  rows: readonly Row[],
  of: (row: Row) => ShareBarProps["share"],
  to = 1,
): Column<Row> {
  const isSaid = kindOfAll(rows.map(of)) !== undefined;
  return {
    name,
    top: (
      <>
        {name} <span class="small">0 to {percent(to, to < 0.1 ? 1 : 0)}</span>
      </>
    ),
    cell: (row) => {
      const share = of(row);
      return <ShareBar share={share} to={to} {...(isSaid ? { note: counted(share.numerator, share.denominator) } : {})} />;
    },
  };
}

/** Says once below a table what kind of interval all of its shares have. */
export function SharesNote({ shares }: { readonly shares: readonly IntervalKind[] }) {
  const kind = kindOfAll(shares);
  return kind === undefined ? null : <p class="muted small">Each share with {kind}.</p>;
}
