// The time that the plots show: how long, and which part of it.

import { useId } from "preact/hooks";
import { SelectField } from "../../ui/fields.tsx";
import { Time } from "../../ui/time.tsx";
import { zoneName } from "../../view/format.ts";
import { moved, type TimeRange, zoomed } from "../../view/time-range.ts";

/** Hours that the plots may show. */
export const SPANS = [
  ["1", "1 hour"],
  ["6", "6 hours"],
  ["24", "1 day"],
  ["168", "7 days"],
  ["720", "30 days"],
] as const;
export type Hours = (typeof SPANS)[number][0];

interface RangeBarProps {
  readonly hours: Hours;
  /** All of the time shown. */
  readonly shown: TimeRange;
  /** The part of it that the plots show; undefined: all. */
  readonly range: TimeRange | undefined;
  /** What is missing of it, as a sentence. */
  readonly coverage: string | null;
  readonly onHours: (hours: Hours) => void;
  readonly onRange: (range: TimeRange | undefined) => void;
}

export function RangeBar({ hours, shown, range, coverage, onHours, onRange }: RangeBarProps) {
  const isAll = range === undefined;
  const id = useId();
  const off = isAll ? { "aria-disabled": true, "aria-describedby": id } : {};
  return (
    <div class="row bottom">
      <SelectField label="Time shown" value={hours} options={SPANS} onChange={onHours} />
      <div class="row" role="group" aria-label="Zoom">
        <button type="button" class="button" onClick={() => onRange(zoomed(range, 0.5, shown))}>
          Zoom in
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(zoomed(range, 2, shown))}>
          Zoom out
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(moved(range, -0.5, shown))}>
          Earlier
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(moved(range, 0.5, shown))}>
          Later
        </button>
      </div>
      <p class="muted small break">
        {isAll ? null : (
          <>
            Shown: <Time at={new Date(range.from).toISOString()} /> to <Time at={new Date(range.to).toISOString()} />.{" "}
          </>
        )}
        Times are those of {zoneName()}. {coverage} {isAll ? <span id={id}>The curves are not zoomed in.</span> : null}
      </p>
    </div>
  );
}
