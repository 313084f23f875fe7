// The calling windows of campaigns on the profile `acd`: what a look needs of a calling list is read once for all campaigns that call it.

import { expect, test } from "vitest";
import type { CampaignList } from "../../../src/operations/views/index.ts";
import { startService } from "../../support/service.ts";

const CAMPAIGNS = 24;
const LISTS = ["east", "west"];

test("contacts, attempts and calls under way are read once a list, not once a campaign", async () => {
  await using at = await startService({
    profile: "acd",
    sandbox: {
      scenario: {
        campaigns: Array.from({ length: CAMPAIGNS }, (_, i) => ({
          id: `c${i}`,
          contactListId: LISTS[i % LISTS.length] ?? "",
          status: "active" as const,
        })),
        contactLists: LISTS.map((id) => ({ id, generate: { count: 150, consentRate: 1, zones: ["America/New_York"] } })),
      },
    },
  });
  const unknown = async () => {
    const { items } = (await at.get("/api/v1/campaigns")) as unknown as CampaignList;
    return items.length === 0 ? CAMPAIGNS : items.filter(({ known }) => known.windows.at === null).length;
  };
  await expect.poll(unknown, { timeout: 60_000 }).toBe(0);
  const asked = Map.groupBy(at.sandbox.control.requests({ limit: 10_000 }), ({ operation }) => operation);
  const count = (operation: string) => (asked.get(`acd.${operation}`) ?? []).length;
  // Also a list of more contacts than the vendor's other interface has on a page.
  expect(count("readCallList")).toBe(LISTS.length);
  expect(count("listAttempts")).toBe(LISTS.length);
  expect(count("getSkill")).toBe(0);
  // With each of these, and besides once in a while for the figures of all campaigns.
  expect(count("listActive")).toBeLessThan(CAMPAIGNS / 2);
  expect(count("skillActivity")).toBeLessThan(CAMPAIGNS / 2);
});
