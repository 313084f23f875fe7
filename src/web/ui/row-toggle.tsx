// The button of a row whose text is cut: it shows the whole of it, by pointer, touch and keyboard. Assistive technology reads the whole
// text in any case.

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** What may be cut, and what only a whole row shows. */
const TEXTS = ".lines, .cell-note, .small, a";

function isCut(row: HTMLTableRowElement): boolean {
  return [...row.querySelectorAll(TEXTS)].some(
    (one) =>
      getComputedStyle(one).overflow !== "visible" &&
      (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1),
  );
}

export function RowToggle({ row }: { readonly row: RefObject<HTMLTableRowElement | null> }) {
  const isNeeded = useSignal(false);
  const isWhole = useSignal(false);
  const look = () => {
    const element = row.current;
    // A row that is whole is not cut, and its button stays.
    if (element === null || isWhole.peek()) return;
    isNeeded.value = getComputedStyle(element).display === "table-row" && isCut(element);
  };
  // The text may be another one each time. It is measured after it was shown: to measure it before would hold up the first content.
  useEffect(look);
  useEffect(() => {
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  if (!isNeeded.value) return null;
  return (
    <button
      type="button"
      class="row-toggle"
      aria-expanded={isWhole.value}
      aria-label="The whole row"
      onClick={() => {
        isWhole.value = !isWhole.value;
        row.current?.classList.toggle("whole", isWhole.value);
      }}
    >
      <span aria-hidden="true">{isWhole.value ? "▴" : "▾"}</span>
    </button>
  );
}
