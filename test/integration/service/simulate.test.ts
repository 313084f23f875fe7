// Variations and the search for the best pacing through the API.

import { afterAll, beforeAll, expect, test } from "vitest";
import { openWhole, type WholeService } from "./whole.ts";

let at: WholeService;
beforeAll(async () => {
  at = await openWhole();
});
afterAll(() => at[Symbol.asyncDispose]());

const scenario = { name: "small", agents: 3, pacing: { strategy: "ratio", ratio: 1.5 }, duration: "15m" };

test("every combination of values is simulated, and a field that does not exist is told", async () => {
  const axes = [{ path: "agents", values: [2, 4] }];
  const asked = { scenario, axes, replications: 2 };
  const { status, body } = await at.post("/api/v1/simulate/what-if", asked, "viewer");
  expect([status, body]).toMatchObject([
    200,
    {
      scenario: "small",
      variations: [
        { values: { agents: 2 }, result: {} },
        { values: { agents: 4 }, result: {} },
      ],
    },
  ]);
  const wrong = await at.post("/api/v1/simulate/what-if", { ...asked, axes: [{ path: "agnets", values: [1] }] }, "viewer");
  expect([wrong.status, String(wrong.body["detail"])]).toEqual([400, expect.stringContaining("agnets")]);
});

test("the best pacing is found within the limit, and a limit that is none is refused", async () => {
  const asked = { scenario, limit: 0.03, probability: 0.9, replications: 2 };
  const { status, body } = await at.post("/api/v1/simulate/optimise", asked, "viewer");
  expect([status, body]).toMatchObject([
    200,
    {
      scenario: "small",
      optimum: { limit: 0.03, points: expect.arrayContaining([expect.objectContaining({ strategy: "state-aware" })]) },
    },
  ]);
  const wrong = await at.post("/api/v1/simulate/optimise", { ...asked, limit: 3 }, "viewer");
  expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([400, expect.stringContaining("limit")]);
});
