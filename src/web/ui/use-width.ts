// The width of an element, updated when it changes: a drawing with text must not be scaled.

import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function useWidth(first: number): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly width: ReadonlySignal<number>;
} {
  const ref = useRef<HTMLDivElement>(null);
  const width = useSignal(first);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
