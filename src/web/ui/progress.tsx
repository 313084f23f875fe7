// Progress as a bar and as text.

import { whole } from "../view/format.ts";

interface ProgressProps {
  readonly done: number;
  readonly total: number;
  readonly label: string;
  /** What is counted, if it is not obvious: "windows". */
  readonly unit?: string;
}

export function Progress({ done, total, label, unit }: ProgressProps) {
  return (
    <span class="progress">
      <progress aria-label={label} max={Math.max(1, total)} value={done} />
      <span class="small muted">{`${whole(done)} of ${whole(total)}${unit === undefined ? "" : ` ${unit}`}`}</span>
    </span>
  );
}
