// How far something is: a bar and the same in words.

import { whole } from "../view/format.ts";

export function Progress({ done, total, label }: { readonly done: number; readonly total: number; readonly label: string }) {
  return (
    <span class="progress">
      <progress aria-label={label} max={Math.max(1, total)} value={done} />
      <span class="small muted">{`${whole(done)} of ${whole(total)}`}</span>
    </span>
  );
}
