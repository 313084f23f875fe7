// What the settings in force are predicted with: what was measured, counted once and with its uncertainty.

import { expect, test } from "vitest";
import type { MetricReading } from "../../store/index.ts";
import { answerRateOf, measuredAnswers } from "./in-force.ts";

const NOON = 1_800_000_000_000;
const MINUTE = 60_000;

const reading = (campaignId: string, given: Partial<MetricReading>): MetricReading => ({
  campaignId,
  at: NOON,
  receivedAt: NOON,
  source: "pull",
  eventId: null,
  windowMinutes: 30,
  successRate: null,
  activeCalls: null,
  callsPlaced: 100,
  callsAnswered: 30,
  abandonmentRate: null,
  failoverTriggered: null,
  agentsLoggedIn: null,
  agentsAvailable: null,
  agentsWorking: null,
  agentsWrapUp: null,
  ...given,
});

test("calls of all campaigns are added up, those of one campaign once, by its widest window", () => {
  const readings = [
    reading("a", {}),
    reading("a", { windowMinutes: 1, callsPlaced: 5, callsAnswered: 5, at: NOON + MINUTE }),
    reading("b", { callsPlaced: 200, callsAnswered: 20, at: NOON - 10 * MINUTE }),
  ];
  expect(measuredAnswers(readings, NOON - 60 * MINUTE)).toEqual({
    answered: 50,
    placed: 300,
    from: NOON - 40 * MINUTE,
    to: NOON,
  });
});

test.each([
  ["no reading", []],
  ["one of yesterday", [reading("a", { at: NOON - 120 * MINUTE })]],
  ["one whose time the tenant does not say", [reading("a", { at: null })]],
  ["fewer calls than say anything", [reading("a", { callsPlaced: 49, callsAnswered: 10 })]],
  ["more answered calls than placed ones", [reading("a", { callsAnswered: 101 })]],
  ["counts that were not given", [reading("a", { callsAnswered: null })]],
])("%s measures nothing", (_, readings) => {
  expect(measuredAnswers(readings, NOON - 60 * MINUTE)).toBeUndefined();
});

test("few calls leave a wide range, many leave the drift of the coming days, and none leaves the range of a share", () => {
  const of = (answered: number, placed: number) => answerRateOf({ answered, placed, from: 0, to: 0 });
  expect(of(15, 50)).toEqual({ low: 0.2, high: 0.42 });
  expect(of(30_000, 100_000)).toEqual({ low: 0.24, high: 0.36 });
  expect(of(0, 60)).toEqual({ low: 0.01, high: 0.06 });
  expect(of(60, 60)).toEqual({ low: 0.84, high: 1 });
});
