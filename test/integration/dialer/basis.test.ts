// What the gate, the preview, the card and the simulator stand on: what the tenant measured, else what a person gave; what is only assumed lets nothing pass.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { type DialerView, dialerPreview, dialerView } from "../../../src/operations/views/index.ts";
import { startRewriting } from "../../support/rewriting.ts";
import { until } from "../../support/until.ts";
import { type StartedWorld, startWorld, UNLIMITED_ACD } from "../../support/world.ts";
import { OLD } from "./world.ts";

/** Settings in force, and a file with a higher ratio that says nothing of the calls. */
const FILE = {
  ...OLD,
  concurrency: { max_agents: 40, max_simultaneous_calls: 200, call_spacing_ms: 50 },
  algorithm: { ...OLD.algorithm, dial_ratio: 4 },
  carrier_capacity: { max_trunks: 300 },
};

async function openWorld(answered: number | null) {
  await using stack = new AsyncDisposableStack();
  const campaigns = [{ id: "camp_1", name: "Active", status: "active", dispositionCodes: [] }];
  const world = stack.use(await startWorld({ sandbox: { scenario: { campaigns, dialer: { settings: OLD }, limits: "off" } } }));
  const gateway = stack.use(await startRewriting(world.sandbox));
  // Of the last half hour.
  gateway.rewrite = ({ path }) =>
    path.endsWith("/metrics")
      ? {
          campaignId: "camp_1",
          windowMinutes: 30,
          successRate: null,
          activeCalls: 0,
          callsPlaced: answered === null ? 0 : 1000,
          callsAnswered: answered ?? 0,
          lastUpdated: new Date().toISOString(),
        }
      : undefined;
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  await writeFile(join(world.folder, "settings.json"), JSON.stringify(FILE));
  const owned = stack.move();
  return {
    world,
    env,
    async run(...args: readonly string[]) {
      const { code, stdout, stderr } = await world.run(["dialer", ...args], { env });
      return { code, stdout, stderr };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const previewOf = (stdout: string) => {
  const { result: _, ...preview } = JSON.parse(stdout);
  return dialerPreview.parse(preview);
};
const factOf = (prediction: unknown, name: string) =>
  (prediction as { basis: { name: string; from: string; low: number; high: number }[] }).basis.find((one) => one.name === name);

test("an answer rate that nobody measured or gave lets no settings pass: the gate asks for one", async () => {
  await using world = await openWorld(null);
  for (const args of [
    ["validate", "settings.json"],
    ["apply", "settings.json", "--dry-run"],
    ["apply", "settings.json", "--yes"],
  ]) {
    const { code, stdout, stderr } = await world.run(...args);
    expect(code).toBe(3);
    expect(stdout + stderr).toContain("predicted_abandonment: the answer rate is not known");
    expect(stdout + stderr).toContain("--expected-answer-rate");
    expect(stdout + stderr).toMatch(/answer rate 15\.0 % to 26\.0 % \(assumed\)/);
  }
  const given = await world.run("apply", "settings.json", "--dry-run", "--expected-answer-rate", "20%", "--json");
  expect(given.code).toBe(0);
  const preview = previewOf(given.stdout);
  expect(factOf(preview.prediction, "answerRate")).toMatchObject({ from: "given" });
  expect(preview.basis.expected).toEqual({ answer_rate: 0.2 });
  const worse = await world.run("apply", "settings.json", "--dry-run", "--expected-answer-rate", "60%");
  expect([worse.code, worse.stderr]).toEqual([3, expect.stringContaining("abandonment above 3 %")]);
});

test("what the tenant measured goes before what a person gave; the settings in force and the new ones are predicted on the same", async () => {
  await using world = await openWorld(600);
  const { code, stdout } = await world.run("apply", "settings.json", "--dry-run", "--expected-answer-rate", "20%", "--json");
  expect(code).toBe(3);
  const preview = previewOf(stdout);
  expect(preview.refusals[0]).toContain("abandonment above 3 %");
  for (const prediction of [preview.prediction, preview.inForce])
    expect([factOf(prediction, "answerRate"), factOf(prediction, "agents")]).toMatchObject([
      { from: "measured", low: 0.5, high: 0.7 },
      { from: "given" },
    ]);

  // The card of the service stands on the same.
  const config = join(world.world.folder, "outdial.yaml");
  await using service = await openService({ config }, world.env, { port: 0, log: () => undefined });
  const { token } = await service.store.access.addToken({ name: "vera", role: "viewer", expiresAt: null, by: "test" });
  let card: DialerView | undefined;
  await until(async () => {
    const answer = await fetch(`${service.url}/api/v1/dialer`, { headers: { authorization: `Bearer ${token}` } });
    card = dialerView.parse(await answer.json());
    return card.prediction !== null && card.measured !== null;
  });
  expect(card?.measured).toMatchObject({ numerator: 600, denominator: 1000 });
  expect(factOf(card?.prediction, "answerRate")).toMatchObject({ from: "measured", low: 0.5, high: 0.7 });
});

const SKILL = "4001";
async function acdSettings(world: StartedWorld) {
  const { stdout } = await world.run(["dialer", "show", "--campaign", SKILL, "--json"]);
  const { vendor: _, ...settings } = JSON.parse(stdout);
  return settings;
}

test("on acd, an answer rate that nobody measured or gave lets no settings pass", async () => {
  await using world = await startWorld({ profile: "acd", yaml: `limits: ${JSON.stringify(UNLIMITED_ACD)}\n` });
  const noStatistics = { status: 200, body: { outboundStats: [] } };
  world.sandbox.control.faults.add({ match: { acd: "dialerStats" }, effect: noStatistics });
  const settings = await acdSettings(world);
  const ratio = settings.algorithm.dial_ratio === 2 ? 1 : 2;
  const changed = {
    ...settings,
    algorithm: { ...settings.algorithm, dial_ratio: ratio },
    carrier_capacity: { max_trunks: 1000 },
  };
  await writeFile(join(world.folder, "skill.json"), JSON.stringify(changed));
  const apply = (...more: readonly string[]) => world.run(["dialer", "apply", "skill.json", "--campaign", SKILL, ...more]);
  const unknown = await apply("--dry-run");
  expect([unknown.code, unknown.stdout + unknown.stderr]).toEqual([
    3,
    expect.stringContaining("predicted_abandonment: the answer rate is not known"),
  ]);
  expect((await apply("--yes")).code).toBe(3);
  const given = await apply("--dry-run", "--expected-answer-rate", "20%", "--json");
  expect(factOf(previewOf(given.stdout).prediction, "answerRate")).toMatchObject({ from: "given" });
});

test("on acd, a prediction is for the agents signed in, else for those assigned, which nobody gave; without any, nothing passes unpredicted", async () => {
  const yaml = `limits: ${JSON.stringify(UNLIMITED_ACD)}\n`;
  await using world = await startWorld({ profile: "acd", yaml });
  // Those who work on a skill are assigned to it.
  expect((await acdSettings(world)).concurrency.max_agents).toBe(42);
  const bare = {
    algorithm: { type: "predictive", dial_ratio: 2, abandonment_rate_target: 0.03 },
    carrier_capacity: { max_trunks: 1000 },
  };
  await writeFile(join(world.folder, "bare.json"), JSON.stringify(bare));
  const validated = async () => {
    const { stdout } = await world.run(["dialer", "validate", "bare.json", "--campaign", SKILL, "--json"]);
    return factOf(JSON.parse(stdout).prediction, "agents");
  };
  expect(await validated()).toMatchObject({ from: "measured", low: 42, at: expect.any(String) as unknown });
  const [silent] = world.sandbox.control.faults.add({ match: { acd: "skillActivity" }, effect: { status: 403 } });
  expect(await validated()).toMatchObject({ from: "assumed", low: 42, at: null });
  const asked = ["dialer", "apply", "bare.json", "--campaign", SKILL, "--dry-run", "--expected-answer-rate", "20%", "--json"];
  const assumed = await world.run(asked);
  expect([assumed.code, previewOf(assumed.stdout).refusals]).toEqual([
    3,
    [expect.stringContaining("predicted_abandonment: how many agents will work is not known")],
  ]);
  world.sandbox.control.faults.clear(silent?.id);
  for (const [acd, items] of Object.entries({ listSkillAgents: "agents", listAllSkillAgents: "agentSkillAssignments" }))
    world.sandbox.control.faults.add({ match: { acd }, effect: { status: 200, body: { totalRecords: 0, [items]: [] } } });
  const settings = await acdSettings(world);
  expect(settings.concurrency.max_agents).toBe(0);
  const changed = { ...settings, algorithm: { ...settings.algorithm, dial_ratio: settings.algorithm.dial_ratio === 2 ? 1 : 2 } };
  const file = join(world.folder, "skill.json");
  await writeFile(file, JSON.stringify({ ...changed, carrier_capacity: { max_trunks: 1000 } }));
  const args = ["dialer", "apply", "skill.json", "--campaign", SKILL, "--dry-run", "--expected-answer-rate", "20%", "--json"];
  const preview = previewOf((await world.run(args)).stdout);
  expect(preview.prediction).not.toBeTypeOf("string");
  expect(factOf(preview.prediction, "agents")).toMatchObject({ from: "measured" });
  world.sandbox.control.faults.add({ match: { acd: "skillActivity" }, effect: { status: 403 } });
  const unknown = await world.run(args);
  expect(unknown.code).toBe(3);
  expect(previewOf(unknown.stdout).refusals[0]).toContain("predicted_abandonment: not simulated: no agents are assigned");
});
