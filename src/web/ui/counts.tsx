// Counts by name, as text with numbers.

import { whole, words } from "../view/format.ts";

export function Counts({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  if (shown.length === 0) return <span class="muted">–</span>;
  return (
    <span class="legend">
      {shown.map(([name, count]) => (
        <span key={name}>
          {words(name)} <strong>{whole(count)}</strong>
        </span>
      ))}
    </span>
  );
}
