import { expect, it } from "vitest";
import type { Predictor } from "../operations/index.ts";
import { remembering } from "./predictions.ts";

const file = (name: string): Parameters<Predictor>[0] => ({
  settings: {
    name,
    type: "predictive",
    concurrency: { max_agents: 50, max_simultaneous_calls: 400, call_spacing_ms: 0 },
    algorithm: { type: "predictive", abandonment_rate_target: 0.025, agent_availability_estimate: 0.85, dial_ratio: 2 },
  },
  carrier: { max_trunks: 400 },
  expected: {},
});

it("predicts equal files once, others each", async () => {
  let asked = 0;
  const predict = remembering(() => `number ${++asked}`);
  expect(await Promise.all(["a", "b", "a"].map((name) => predict(file(`once ${name}`))))).toEqual([
    "number 1",
    "number 2",
    "number 1",
  ]);
  expect(await predict({ ...file("once a"), carrier: { max_trunks: 10 } })).toBe("number 3");
});

it("tries again what failed, and forgets the oldest", async () => {
  let asked = 0;
  const predict = remembering(async () => {
    asked += 1;
    if (asked === 1) throw new Error("no thread to be had");
    return `number ${asked}`;
  });
  await expect(predict(file("again"))).rejects.toThrow("no thread");
  expect(await predict(file("again"))).toBe("number 2");
  for (let n = 0; n < 32; n++) await predict(file(`other ${n}`));
  expect(await predict(file("again"))).toBe("number 35");
});
