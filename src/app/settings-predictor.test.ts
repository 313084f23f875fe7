import { expect, it } from "vitest";
import type { DialerSettings } from "../operations/index.ts";
import { predictSettings } from "./settings-predictor.ts";

function settings(ratio: number, target: number): DialerSettings {
  return {
    name: "Evening",
    type: "predictive",
    concurrency: { max_agents: 50, max_simultaneous_calls: 400, call_spacing_ms: 0 },
    algorithm: { type: "predictive", abandonment_rate_target: target, agent_availability_estimate: 0.85, dial_ratio: ratio },
  };
}
const carrier = { max_trunks: 400, current_utilization_percent: 25 };
const expected = { answer_rate: 0.3, ring_seconds: 18, handle_seconds: 160, taken_for_machines: 0 };

it("tells settings that keep 3 % from those that steer at it", () => {
  const calm = predictSettings({ settings: settings(2.5, 0.025), carrier, expected });
  const bold = predictSettings({ settings: settings(8, 0.03), carrier, expected });
  expect(calm).toMatchObject({ chanceAboveLimit: expect.closeTo(0, 2) as number });
  expect(typeof bold === "string" ? 0 : bold.chanceAboveLimit).toBeGreaterThan(0.2);
});

it("takes expectations as right within 15 %, and only the carrier's free lines", () => {
  const found = predictSettings({
    settings: settings(2.5, 0.025),
    carrier: { max_trunks: 40, current_utilization_percent: 50 },
    expected,
  });
  expect(found).toMatchObject({ limitedBy: "carrier", peakCalls: 20, assumed: [] });
  expect(typeof found === "string" ? undefined : found.attemptsPerHour.low).toBeLessThan(
    typeof found === "string" ? 0 : found.attemptsPerHour.high * 0.97,
  );
});

it("says why it cannot predict", () => {
  const impossible = predictSettings({ settings: settings(0, 0.025), carrier, expected });
  expect(impossible).toBe("not simulated: algorithm.dial_ratio is 0; allowed is a finite number above 0");
});
