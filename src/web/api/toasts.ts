// Short messages about what a person has just done.

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
}

const MOST = 4;

export function createToasts(): Toasts {
  const all = signal<readonly Toast[]>([]);
  let next = 1;
  return {
    all,
    show(tone, text) {
      all.value = [...all.value, { id: next, tone, text }].slice(-MOST);
      next += 1;
    },
    dismiss(id) {
      all.value = all.value.filter((toast) => toast.id !== id);
    },
  };
}
