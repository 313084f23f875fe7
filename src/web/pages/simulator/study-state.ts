// The answers of the worker as one picture. Points of an older question stay until the newer one has its own. Pure.

import type { Prediction } from "../../../dialing/index.ts";
import type { Answer, Point } from "./protocol.ts";

export interface StudyState {
  readonly points: readonly (Point & { readonly id: number })[];
  readonly prediction: Prediction | undefined;
  readonly isRough: boolean;
  readonly problem: string | undefined;
  /** How long the whole study took, ms; undefined while it goes on. */
  readonly doneIn: number | undefined;
  /** Question that the picture belongs to. */
  readonly id: number;
}

export const EMPTY: StudyState = {
  points: [],
  prediction: undefined,
  isRough: true,
  problem: undefined,
  doneIn: undefined,
  id: 0,
};

/** @param current number of the latest question: answers to others are late and count for nothing */
export function gather(state: StudyState, answer: Answer, current: number): StudyState {
  if (answer.id !== current) return state;
  const base = state.id === answer.id ? state : { ...state, id: answer.id, doneIn: undefined, problem: undefined };
  switch (answer.kind) {
    case "point":
      return { ...base, points: withPoint(base.points, { ...answer.point, id: answer.id }) };
    case "prediction":
      return { ...base, prediction: answer.prediction, isRough: answer.isRough };
    case "done":
      return { ...base, doneIn: answer.ms, points: base.points.filter(({ id }) => id === answer.id) };
    case "failed":
      return { ...base, problem: answer.message };
  }
}

type Kept = StudyState["points"][number];

/** The new point takes the place of the same candidate, or of an older question's nearest one on its curve. */
function withPoint(points: readonly Kept[], point: Kept): readonly Kept[] {
  const isSame = (one: Kept) => one.curve === point.curve && one.value === point.value;
  const rest = points.filter((one) => !isSame(one));
  const old = rest.filter((one) => one.curve === point.curve && one.id !== point.id);
  const near = old.find((one) => Math.abs(one.value - point.value) < 0.26);
  const isRatio = point.curve === "ratio";
  return [
    ...(isRatio && near !== undefined && rest.length === points.length ? rest.filter((one) => one !== near) : rest),
    point,
  ].sort((a, b) => a.value - b.value);
}
