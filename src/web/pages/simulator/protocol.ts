// What page and worker say to each other.

import type { Prediction } from "../../../dialing/index.ts";
import type { Inputs } from "./inputs.ts";

/** A new question makes the one before it pointless: the worker leaves it. */
export interface Question {
  readonly id: number;
  readonly inputs: Inputs;
}

/** Shares of 1. */
export interface Point {
  readonly curve: "ratio" | "state-aware";
  readonly value: number;
  readonly abandonment: number;
  readonly occupancy: number;
  readonly occupancyLow: number;
  readonly occupancyHigh: number;
  readonly contactsPerAgentHour: number;
  /** Abandonment that a period of 30 days stays below with 99 % probability; null while too few runs were made. */
  readonly ceiling: number | null;
  readonly runs: number;
}

export type Answer =
  | { readonly id: number; readonly kind: "point"; readonly point: Point }
  | { readonly id: number; readonly kind: "prediction"; readonly prediction: Prediction; readonly isRough: boolean }
  | { readonly id: number; readonly kind: "done"; readonly ms: number }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };
