// The age of something as text; the instant itself on hover and for machines.

import { useDashboard } from "../api/dashboard.ts";
import { ago } from "../view/format.ts";

export function Age({ at }: { readonly at: string | null | undefined }) {
  const { now } = useDashboard();
  const text = ago(at, now());
  if (at === null || at === undefined) return <span class="age">{text}</span>;
  return (
    <time class="age" dateTime={at} title={at}>
      {text}
    </time>
  );
}
