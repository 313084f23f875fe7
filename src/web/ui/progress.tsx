// How far something is: a bar and the same in words.

import { whole } from "../view/format.ts";

export function Progress({
  done,
  total,
  label,
}: {
  readonly done: number;
  readonly total: number | null;
  readonly label: string;
}) {
  return (
    <span class="progress">
      <progress aria-label={label} max={total ?? 1} value={total === null ? 0 : done} />
      <span class="small muted">{total === null ? "counting rows" : `${whole(done)} of ${whole(total)}`}</span>
    </span>
  );
}
