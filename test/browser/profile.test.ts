// The pages of a tenant whose interface does not offer everything: what is not there is said with its reason, and settings are chosen by campaign.

import { expect, test } from "vitest";
import { AcdClient } from "../clients/acd-client.ts";
import { PAGES } from "../support/pages-setup.ts";
import { startService } from "../support/service.ts";
import { HAS_FOCUS, NARROW, openDashboardBrowser } from "./world.ts";

test("a tenant of the ACD API", async () => {
  await using whole = await startService({
    profile: "acd",
    pages: PAGES,
    sandbox: { scenario: { campaigns: [{ id: "first", name: "Spring", status: "paused" }] } },
  });
  await using browser = await openDashboardBrowser(whole.service);
  await using opened = await browser.open(NARROW, "operator");
  const { page, faults } = opened;
  const sound = async (path: string) => {
    expect.soft([path, await opened.violations(), await opened.overflow()]).toEqual([path, [], 0]);
  };
  await page.goto(`${whole.service.url}/tenant`);
  await opened.press(page.getByRole("button", { name: "Probe" }));
  await page.getByRole("rowheader", { name: "read campaigns" }).waitFor();
  await page.getByText("Not offered: the disposition of a finished contact").first().waitFor();
  await sound("/tenant");
  await page.getByLabel("Campaign", { exact: true }).selectOption("4001");
  await opened.press(page.getByRole("button", { name: "Compare" }));
  await page.getByText("The campaign obeys none").waitFor();
  const { accessKeyId: id, accessKeySecret: secret } = whole.sandbox.accessKey;
  const vendor = new AcdClient((url, init) => whole.sandbox.fetch(url, init), "http://tenant.localhost", { id, secret }, 33);
  await vendor.logIn();
  const csv = { "content-type": "text/csv" };
  await whole.ask("/api/v1/facts/dnc", { method: "POST", headers: csv, body: "number\n+12125550101\n" });
  await vendor.ask("POST", "/dnc-groups", { body: { dncGroupName: "Company" } });
  const { resultSet } = (await vendor.ask("GET", "/dnc-groups")).body as { resultSet: { dncGroups: { dncGroupId: number }[] } };
  await vendor.ask("POST", `/dnc-groups/${resultSet.dncGroups[0]?.dncGroupId}/scrubbed-skills/4001`);
  await opened.press(page.getByRole("button", { name: "Compare" }));
  await page.getByText(/^Company \(0\)\. 1 numbers/).waitFor();
  await opened.press(page.getByRole("button", { name: "Add what is missing" }));
  await page.getByText(/^Company \(1\)\. 1 numbers/).waitFor();
  await page.getByRole("button", { name: "Add what is missing" }).waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(HAS_FOCUS)).toBe(true);
  await page.getByRole("button", { name: "Show callbacks" }).click();
  await page.getByText("There is none.").waitFor();
  const callback = {
    skillId: 4001,
    phoneNumber: "2125550177",
    firstName: "Greta",
    scheduleDate: "2199-01-01T10:00:00Z",
    notes: "",
  };
  await vendor.ask("POST", "/scheduled-callbacks", { body: callback });
  await opened.press(page.getByRole("button", { name: "Show callbacks" }));
  await page.getByText("Deleting needs a reason of 3 characters or more").waitFor();
  await sound("/tenant");
  await page.getByLabel("Reason for deleting").fill("asked not to be called");
  await sound("/tenant");
  await opened.press(page.getByRole("button", { name: /^Delete callback / }));
  await page.getByText("There is none.").waitFor();
  await page.goto(`${whole.service.url}/campaigns/4001`);
  await opened.press(page.getByRole("button", { name: "Show agents" }));
  await page.getByText("Nobody is assigned to it, or signed in on it.").waitFor();
  await vendor.ask("POST", "/skills/4001/agents", { body: { agents: [{ agentId: 5001 }] } });
  await opened.press(page.getByRole("button", { name: "Show agents" }));
  // The tenant tells no state of anybody: that is not the same as signed out.
  await page.getByRole("cell", { name: "not known" }).first().waitFor();
  await sound("/campaigns/4001");
  await page.goto(`${whole.service.url}/campaign-files`);
  await opened.press(page.getByRole("button", { name: "What the tenant has now" }));
  const text = page.getByLabel(/^Campaign files, YAML or JSON/);
  await expect.poll(() => text.inputValue()).toContain("name: Spring");
  await opened.press(page.getByRole("button", { name: "Plan", exact: true }));
  await page.getByText(/^plan [0-9a-f]{16}$/).waitFor();
  await page.getByText(/^plan [0-9a-f]{16}$/).waitFor();
  await sound("/campaign-files");
  await page.goto(`${whole.service.url}/jobs`);
  await page.getByText("Not offered by this tenant").waitFor();
  await page.goto(`${whole.service.url}/dialer`);
  await page.getByText("settings are per campaign on this profile").waitFor();
  await page.getByRole("link", { name: "Spring" }).click();
  await page.getByText("maximumRatio").first().waitFor();
  await sound("/dialer");
  expect(faults).toEqual([]);
});
