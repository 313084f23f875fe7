// The age of something as text, which grows while it is shown; the instant itself on hover and for machines.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import { ago } from "../view/format.ts";

/** How often ages are told anew, also when nothing else comes, ms. */
const BEAT_MS = 5000;
/** One beat for all ages of a page. */
const beat = signal(0);
let shown = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function useBeat(): void {
  useEffect(() => {
    shown += 1;
    timer ??= setInterval(() => {
      beat.value += 1;
    }, BEAT_MS);
    return () => {
      shown -= 1;
      if (shown > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  void beat.value;
}

export function Age({ at }: { readonly at: string | null | undefined }) {
  const { now } = useDashboard();
  useBeat();
  const text = ago(at, now());
  if (at === null || at === undefined) return <span class="age">{text}</span>;
  return (
    <time class="age" dateTime={at} title={at}>
      {text}
    </time>
  );
}
