// How long messages stay: by a clock of the test.

import { expect, test } from "vitest";
import { createToasts } from "./toasts.ts";

/** Timers that run when the test says so. */
function clock() {
  const timers = new Map<object, { at: number; run: () => void }>();
  let now = 0;
  return {
    after: (ms: number, run: () => void) => {
      const key = {};
      timers.set(key, { at: now + ms, run });
      return () => void timers.delete(key);
    },
    advance: (ms: number) => {
      now += ms;
      for (const [key, { at, run }] of timers) if (at <= now && timers.delete(key)) run();
    },
    timers,
  };
}

function world() {
  const time = clock();
  const toasts = createToasts({ life: 5000, after: time.after });
  return { ...time, toasts, texts: () => toasts.all.value.map(({ text }) => text) };
}

test("a message goes after its time, an error stays until it is dismissed", () => {
  const { toasts, advance, texts, timers } = world();
  toasts.show("good", "done");
  toasts.show("bad", "refused");
  advance(4999);
  expect(texts()).toEqual(["done", "refused"]);
  advance(1);
  expect(texts()).toEqual(["refused"]);
  advance(1e9);
  toasts.dismiss(toasts.all.value[0]?.id ?? 0);
  expect([texts(), timers.size]).toEqual([[], 0]);
});

test("while somebody reads none goes; afterwards each has its whole time again", () => {
  const { toasts, advance, texts } = world();
  toasts.show("info", "first");
  advance(4000);
  toasts.hold();
  toasts.show("info", "second");
  advance(60_000);
  expect(texts()).toEqual(["first", "second"]);
  toasts.release();
  advance(4999);
  expect(texts()).toEqual(["first", "second"]);
  advance(1);
  expect(texts()).toEqual([]);
});

test("more than four push out the oldest that is no error", () => {
  const { toasts, texts } = world();
  toasts.show("bad", "refused");
  for (const n of [1, 2, 3, 4, 5]) toasts.show("info", `${n}`);
  expect(texts()).toEqual(["refused", "3", "4", "5"]);
  for (const n of [6, 7, 8, 9]) toasts.show("bad", `${n}`);
  expect(texts()).toEqual(["6", "7", "8", "9"]);
});
