// Looking at a tenant from the command line: what it can do, one read by its name, all reads against the contract.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedWorld, startWorld } from "../../support/world.ts";

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorld({ yaml: 'limits: { acd-read: "off" }\n' });
});
afterAll(() => world[Symbol.asyncDispose]());

interface Answer {
  readonly profile: string;
  readonly capabilities: readonly {
    readonly capability: string;
    readonly verdict: string;
    readonly why: string | null;
    readonly alternative: string | null;
  }[];
  readonly lines: readonly { readonly operation: string; readonly state: string; readonly text: string | null }[];
  readonly operations: readonly { readonly operation: string }[];
  readonly reply: Readonly<Record<string, unknown>>;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await world.run([...args, "--json"], { env: { ...world.environment, ...env } });
  return { code, said: stdout + stderr, answer: (stdout === "" ? {} : JSON.parse(stdout)) as Answer };
}

test("a tenant of the guides can do everything that the guides name", async () => {
  const { code, answer } = await run(["tenant", "probe"]);
  expect(code).toBe(0);
  expect(answer.profile).toBe("rest");
  expect(answer.capabilities.filter(({ verdict }) => verdict !== "yes")).toMatchObject([
    { capability: "the tenant's do-not-call groups", verdict: "no" },
    { capability: "scheduled callbacks", verdict: "no" },
  ]);
});

test("what a read did not answer is unknown, and then the probe is not done", async () => {
  const { faults } = world.sandbox.control;
  faults.add({ match: { operation: "getCampaignMetrics" }, effect: { status: 503 } });
  try {
    const { code, answer } = await run(["tenant", "probe"]);
    expect(answer.capabilities.filter(({ verdict }) => verdict === "unknown")).toMatchObject([
      { capability: "figures of campaigns" },
    ]);
    expect(code).toBe(4);
  } finally {
    faults.clear();
  }
});

test("a read is called by its name, and what changes something is refused", async () => {
  const { answer } = await run(["call", "listCampaigns", "--param", "pageSize=1"]);
  expect(answer.reply).toMatchObject({ page: 1, pageSize: 1 });
  expect((await run(["call", "--list"])).answer.operations.map(({ operation }) => operation)).toContain("getDialerSettings");
  for (const [args, words] of [
    [["call", "updateCampaign"], "changes something"],
    [["call", "listCampaign"], "Did you mean listCampaigns?"],
    [["call", "getCampaign"], "--param id=…"],
    [["call", "listCampaigns", "--param", "size=1"], "has no such parameter"],
  ] as const) {
    const { code, said } = await run(args);
    expect(code).toBe(2);
    expect(said).toContain(words);
  }
});

test("all reads of the guides are as the contract says, and what is made is removed", async () => {
  const { code, answer } = await run(["smoke", "--tenant", "--writes"]);
  expect(answer.lines.filter(({ state }) => state === "differs" || state === "refused")).toEqual([]);
  expect(
    answer.lines.filter(({ operation }) => operation.endsWith("OmnichannelWebhook")).map(({ state }) => state),
  ).not.toContain("unanswered");
  expect(code).toBe(0);
  expect((await run(["call", "listOmnichannelWebhooks"])).answer.reply["webhooks"]).toEqual([]);
  expect((await run(["smoke"])).code).toBe(2);
});

test("a tenant of the ACD API says what it cannot do and what stands in its place, and answers every read as the table says", async () => {
  const { CXONE_CLIENT_ID: id = "", CXONE_CLIENT_SECRET: secret = "" } = world.environment;
  const acd = {
    OUTDIAL_PROFILE: "acd",
    CXONE_ACCESS_KEY_ID: id,
    CXONE_ACCESS_KEY_SECRET: secret,
    CXONE_CLIENT_ID: "",
    CXONE_CLIENT_SECRET: "",
  };
  const probed = await run(["tenant", "probe"], acd);
  expect(probed.code).toBe(0);
  const verdicts = new Map(probed.answer.capabilities.map((one) => [one.capability, one]));
  expect(verdicts.get("set dispositions of finished calls")).toMatchObject({
    verdict: "no",
    alternative: expect.stringContaining("--instead tag"),
  });
  for (const able of [
    "read campaigns",
    "start and stop campaigns",
    "figures of campaigns",
    "outcomes of calls",
    "dialer settings",
  ])
    expect([able, verdicts.get(able)?.verdict]).toEqual([able, "yes"]);
  const smoked = await run(["smoke", "--tenant"], acd);
  expect(smoked.answer.lines.filter(({ state }) => state === "differs" || state === "refused" || state === "unanswered")).toEqual(
    [],
  );
  expect((await run(["call", "listCampaigns", "--param", "top=1"], acd)).answer.reply["campaigns"]).toHaveLength(1);
});
