// A row of figures, each with the counts behind it.

import type { ComponentChildren } from "preact";

export function Figures({ children }: { readonly children: ComponentChildren }) {
  return <dl class="figures">{children}</dl>;
}

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: "good" | "warn" | "bad" | undefined;
}

export function Figure({ name, value, note, tone }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd class={`value ${tone ?? ""}`}>{value}</dd>
      {note === undefined ? null : <dd class="note">{note}</dd>}
    </div>
  );
}
