// An empty list of registrations makes no second one: outdial's own records are asked, too.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { startRewriting } from "../../support/rewriting.ts";
import { startWorld } from "../../support/world.ts";
import { DRAFT } from "../campaigns/plan-world.ts";

async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const campaign = { ...DRAFT, id: "camp_a", name: "Spring" };
  const east = { id: "list_east", generate: { count: 20, consentRate: 1, zones: ["America/New_York"] } };
  const scenario = { seed: 5, campaigns: [campaign], contactLists: [east], limits: "off" };
  const world = stack.use(await startWorld({ sandbox: { clock: "frozen", now: "2026-03-03T16:00:00Z", scenario } }));
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  await mkdir(join(world.folder, "campaigns"));
  const posted = ["createIntegrationWebhook", "createOmnichannelWebhook"] as const;
  const owned = stack.move();
  return {
    ...world,
    outdial: (...args: readonly string[]) => world.run(args, { env }),
    /** Whether the tenant lists no registration from now on. */
    empty(isEmpty: boolean) {
      gateway.rewrite = ({ method, path }, body) =>
        isEmpty && method === "GET" && path.endsWith("/webhooks") ? { ...body, webhooks: [] } : undefined;
    },
    made: () => posted.flatMap((operation) => world.sandbox.control.requests({ operation, limit: 100 })).length,
    file: (document: object) => writeFile(join(world.folder, "campaigns", "a.yaml"), stringify({ ...campaign, ...document })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const REGISTER = ["webhooks", "register", "metrics", "--url", "https://example.test/events"];

test("a registration that outdial made is not made again, until a person says that it is gone", async () => {
  await using world = await openWorld();
  expect((await world.outdial(...REGISTER)).code).toBe(0);
  world.empty(true);
  const again = await world.outdial(...REGISTER);
  expect(again.code).not.toBe(0);
  expect(again.stderr).toContain("it lacks 1 registration: outdial metrics");
  expect(again.stderr).toContain("a second one would deliver each event twice");
  expect(world.made()).toBe(1);
  const [, id = ""] = /webhooks remove (\S+) --gone/.exec(again.stderr) ?? [];
  expect((await world.outdial("webhooks", "remove", id)).code).toBe(2);
  expect((await world.outdial("webhooks", "remove", id, "--gone")).code).toBe(0);
  expect((await world.outdial(...REGISTER)).code).toBe(0);
  expect(world.made()).toBe(2);
});

test("a list that lacks a registration that outdial made says so, until a person says that it is gone", async () => {
  await using world = await openWorld();
  const list = async () => {
    const { code, stderr } = await world.outdial("webhooks", "vendor");
    const json = await world.outdial("webhooks", "vendor", "--json");
    return { code, stderr, json: [json.code, JSON.parse(json.stdout)] };
  };
  world.empty(true);
  expect(await list()).toMatchObject({ code: 0, json: [0, { items: [], shorter: null }] });
  world.empty(false);
  expect((await world.outdial(...REGISTER)).code).toBe(0);
  const whole = await list();
  expect(whole).toMatchObject({ code: 0, json: [0, { items: [{ name: "outdial metrics" }], shorter: null }] });
  world.empty(true);
  const short = await list();
  const [{ id }] = whole.json[1].items;
  const says = `the tenant's list of registrations is shorter than known: it lacks 1 registration: outdial metrics (${id})`;
  expect(short).toMatchObject({ code: 4, stderr: expect.stringContaining(says), json: [4, { items: [], shorter: says }] });
  expect(short.stderr).not.toContain("no webhooks are registered");
  expect((await world.outdial("webhooks", "remove", id, "--gone")).code).toBe(0);
  expect(await list()).toMatchObject({ code: 0, stderr: expect.stringContaining("no webhooks are registered at the tenant") });
});

test("nor is one that an apply made for a campaign", async () => {
  await using world = await openWorld();
  const events = ["omnichannel.campaign.metrics.update"];
  const webhook = { name: "bi", callbackUrl: "https://example.test/bi", events };
  await world.file({ webhooks: [webhook] });
  const apply = async () => {
    const { plan } = JSON.parse((await world.outdial("campaign", "plan", "--json")).stdout);
    return world.outdial("campaign", "apply", "--plan", plan, "--yes");
  };
  expect((await apply()).code).toBe(0);
  expect(world.made()).toBe(1);
  world.empty(true);
  await world.file({ webhooks: [webhook], description: "changed" });
  const again = await apply();
  expect(again.code).not.toBe(0);
  expect(`${again.stdout}${again.stderr}`).toContain("a second one would deliver each event twice");
  expect(world.made()).toBe(1);
});
