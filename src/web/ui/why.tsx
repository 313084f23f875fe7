// Why buttons are disabled: one short text beside them, which each of them names as its description.

import { useId } from "preact/hooks";

/** @param reason undefined: they are not disabled */
export function useWhy(reason: string | undefined) {
  const id = useId();
  return {
    /** What each of the buttons is given. */
    off: reason === undefined ? {} : { disabled: true, "aria-describedby": id },
    /** Stands beside them once. */
    said:
      reason === undefined ? null : (
        <span class="muted small break" id={id}>
          {reason}
        </span>
      ),
  };
}
