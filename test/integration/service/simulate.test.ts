// Variations and the search for the best pacing through the API.

import { afterAll, beforeAll, expect, test } from "vitest";
import { parseScenario } from "../../../src/dialing/index.ts";
import { SimulationUseCases } from "../../../src/operations/index.ts";
import { type StartedService, startService } from "../../support/service.ts";

let at: StartedService;
beforeAll(async () => {
  at = await startService();
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

test("the limit is the strictest of the jurisdictions, and one without a limit is refused by name", async () => {
  const asked = { scenario: { ...scenario, abandonmentTarget: 0.2 }, probability: 0.9, replications: 2 };
  const { status, body } = await at.post("/api/v1/simulate/optimise", { ...asked, jurisdictions: ["US"] }, "viewer");
  expect([status, body]).toMatchObject([200, { optimum: { limit: 0.03 } }]);
  const wrong = await at.post("/api/v1/simulate", { scenario, replications: 2, jurisdictions: ["US", "XX"] }, "viewer");
  expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([400, expect.stringContaining("XX")]);
});

/** Of which a replication takes minutes. */
const endless = { agents: 2000, duration: "360d", bucket: "1d", pacing: { strategy: "ratio", ratio: 2 } };

test.each(["/simulate", "/simulate/what-if", "/simulate/optimise"])(
  "a simulation at %s holds up nobody, and ends when its caller has gone",
  async (path) => {
    const stop = new AbortController();
    const axes = path.endsWith("what-if") ? { axes: [{ path: "agents", values: [2000] }] } : {};
    const asked = at.ask(`/api/v1${path}`, {
      as: "viewer",
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ scenario: endless, replications: 2, ...axes }),
      signal: stop.signal,
    });
    const ended = expect(asked).rejects.toThrow();
    for (let i = 0; i < 20; i++) expect((await at.ask("/livez")).status).toBe(200);
    expect((await at.post("/api/v1/campaigns/stop", {})).status).toBe(202);
    stop.abort();
    await ended;
    // Its turn passes on.
    expect((await at.post("/api/v1/simulate", { scenario, replications: 2 }, "viewer")).status).toBe(200);
  },
);

test("a scenario without end, or with more steps than can be kept, is refused at once", async () => {
  const far = { scenario: { ...scenario, duration: 9007199254740992 } };
  expect(await at.post("/api/v1/simulate/optimise", far, "viewer")).toMatchObject({
    status: 400,
    body: { problems: [{ path: "duration" }] },
  });
  const fine = { scenario: { ...scenario, duration: "8h", bucket: 1 }, replications: 50 };
  expect(await at.post("/api/v1/simulate", fine, "viewer")).toMatchObject({
    status: 400,
    body: { code: "invalid_input", detail: expect.stringContaining("1440000; at most 500000") },
  });
});

test("a simulation that is not done in its time is ended; callers beyond those that may wait are told so", async () => {
  const signal = new AbortController();
  const options = { replications: 2, seed: 1, signal: signal.signal };
  const long = parseScenario(endless);
  const simulations = new SimulationUseCases(undefined, { longestMs: 50, waiting: 1 });
  const first = simulations.run([long, undefined], options);
  const second = simulations.run([long, undefined], options);
  await expect(simulations.run([long, undefined], options)).rejects.toMatchObject({ code: "simulation_busy" });
  await expect(first).rejects.toMatchObject({ code: "simulation_too_long" });
  await expect(second).rejects.toMatchObject({ code: "simulation_too_long" });
});
