// The ACD tenant's count of live answers, answered shorter than a day ago or less: a share that is not known permits no start.

import { expect, test } from "vitest";
import { type Rewriting, startRewriting } from "../../support/rewriting.ts";
import { startWorld } from "../../support/world.ts";

const SKILL = "4001";
type Rewrite = Rewriting["rewrite"];

const without =
  (of: RegExp, name: string): Rewrite =>
  ({ method, path }, body) =>
    method === "GET" && of.test(path) ? { ...body, [name]: [] } : undefined;
const noSummary = without(/skills\/summary/, "skillSummaries");
const noStatistics = without(/dialer-contacts/, "outboundStats");

test("no live answers where the tenant counted thousands: the share above the limit stays a refusal", async () => {
  const scenario = {
    campaigns: [{ id: "camp_1", name: "One", status: "active" as const, contactListId: "people" }],
    contactLists: [
      { id: "people", generate: { count: 2_000, consentRate: 1 }, answerRate: 0.6, abandonRate: 0.2, talk: 40, wrap: 10 },
    ],
    limits: "off",
  };
  await using world = await startWorld({ profile: "acd", sandbox: { clock: "frozen", seed: 3, scenario } });
  await world.sandbox.control.advance(30 * 3600);
  await using gateway = await startRewriting(world.sandbox);
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  const refused = async (rewrite: Rewrite) => {
    gateway.rewrite = rewrite;
    const { code, stdout, stderr } = await world.run(["campaign", "resume", SKILL, "--check"], { env });
    const lines = `${stdout}${stderr}`
      .split("\n")
      .filter((line) => /live answers were abandoned|how many were abandoned/.test(line));
    return [code, ...lines].join("\n");
  };
  const over = /live answers were abandoned in 30 d, more than the 3 %/;
  const unknown =
    /count of live answers of campaign 4001 is shorter than known: it has \d+ answers, and the count before says \d{4,}, .*: how many were abandoned is not known/;
  expect(await refused(() => undefined)).toMatch(over);
  expect(await refused(noStatistics)).toMatch(unknown);
  expect(await refused((asked, body) => noSummary(asked, body) ?? noStatistics(asked, body))).toMatch(unknown);
  // A short count is not one to compare with.
  expect(await refused((asked, body) => noSummary(asked, body) ?? noStatistics(asked, body))).toMatch(unknown);
  const honest = await refused(() => undefined);
  expect([over.test(honest), unknown.test(honest)]).toEqual([true, false]);
});
