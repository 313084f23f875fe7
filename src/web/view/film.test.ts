// The pieces of a story's curve, and what was known at each of its moments.

import { expect, test } from "vitest";
import { gapsIn, knownAt, piecesOf } from "./film.ts";

const MINUTE = 60_000;
const at = (minute: number) => new Date(minute * MINUTE).toISOString();
const point = (minute: number, value: number | null) => ({ at: at(minute), value, low: null, high: null, of: null });

test("no line is joined over a gap of readings, or over one without figures", () => {
  expect([...gapsIn([0, 1, 2, 9, 10].map((one) => one * MINUTE))]).toEqual([3]);
  expect([...gapsIn([])]).toEqual([]);
  const pieces = piecesOf([point(0, 0.1), point(1, 0.2), point(2, null), point(3, 0.3), point(9, 0.4), point(10, 0.5)]);
  expect(pieces.map((piece) => piece.map(({ value }) => value))).toEqual([[0.1, 0.2], [0.3], [0.4, 0.5]]);
});

test("a moment shows what was known then and nothing of later", () => {
  const story = {
    curve: { name: "rate", share: true, limit: null, points: [point(1, 0.1), point(5, 0.2)] },
    steps: [
      { at: at(2), text: "Pausing", facts: [{ name: "Primary", value: "active" }] },
      {
        at: at(4),
        text: "Draining",
        facts: [
          { name: "Primary", value: "paused" },
          { name: "Held", value: "3" },
        ],
      },
    ],
  };
  expect(knownAt(story, 0)).toEqual({ reading: undefined, facts: [] });
  expect(knownAt(story, 3 * MINUTE)).toMatchObject({
    reading: { value: 0.1 },
    facts: [{ name: "Primary", value: "active" }],
  });
  expect(knownAt(story, 9 * MINUTE)).toMatchObject({
    reading: { value: 0.2 },
    facts: [
      { name: "Primary", value: "paused", at: at(4) },
      { name: "Held", value: "3" },
    ],
  });
});
