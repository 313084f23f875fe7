// Short messages about what a person has just done. They disappear after a while, except errors, which stay until they are
// dismissed.

import { type ReadonlySignal, signal } from "@preact/signals";

export interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad" | "info";
  readonly text: string;
}

export interface Toasts {
  readonly all: ReadonlySignal<readonly Toast[]>;
  readonly show: (tone: Toast["tone"], text: string) => void;
  readonly dismiss: (id: number) => void;
  /** A person is reading them: none disappears meanwhile. */
  readonly hold: () => void;
  /** Nobody is reading them any more: each gets its whole time again. */
  readonly release: () => void;
}

interface ToastOptions {
  /** How long a message that is not an error stays, ms. Default 8 s. */
  readonly life?: number;
  /** Calls back after this time, ms, unless the returned function is called before. Default: the page's timers. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

const MOST = 4;
const LIFE = 8000;

export function createToasts({ life = LIFE, after = afterTimer }: ToastOptions = {}): Toasts {
  const all = signal<readonly Toast[]>([]);
  const waiting = new Map<number, () => void>();
  let next = 1;
  let isHeld = false;
  const dismiss = (id: number) => {
    waiting.get(id)?.();
    waiting.delete(id);
    all.value = all.value.filter((toast) => toast.id !== id);
  };
  const expire = ({ id, tone }: Toast) => {
    if (tone !== "bad" && !isHeld && !waiting.has(id))
      waiting.set(
        id,
        after(life, () => dismiss(id)),
      );
  };
  return {
    all,
    dismiss,
    show(tone, text) {
      const toast: Toast = { id: next, tone, text };
      next += 1;
      all.value = [...all.value, toast];
      // Other messages do not push out an error.
      while (all.value.length > MOST) {
        const [oldest] = all.value;
        const spare = all.value.find((one) => one.tone !== "bad" && one !== toast) ?? oldest;
        if (spare === undefined) break;
        dismiss(spare.id);
      }
      expire(toast);
    },
    hold() {
      isHeld = true;
      for (const stop of waiting.values()) stop();
      waiting.clear();
    },
    release() {
      isHeld = false;
      for (const toast of all.value) expire(toast);
    },
  };
}

function afterTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
