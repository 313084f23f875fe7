// The disposition of a contact that is still active, on the profile `acd`: it is set; why it could not be set is said with the tag.

import { expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { fetchTransport } from "../../../src/tenant/index.ts";
import { createTestClock } from "../../support/test-clock.ts";

const NOW = "2026-03-15T15:00:00Z";
const SCENARIO = {
  campaigns: [
    {
      id: "camp_a",
      name: "Spring renewals",
      contactListId: "list_a",
      dispositionCodes: [{ id: "SOLD", name: "Sold" }],
      dialerConfig: {
        type: "predictive",
        predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 60, callRate: 60, abandonmentThreshold: 1 },
      },
    },
  ],
  contactLists: [{ id: "list_a", generate: { count: 300, consented: 300 }, answerRate: 1, talk: 200 }],
};

test("the disposition of an active contact is set; a skill that does not allow it, or a finished contact, gets a tag", async () => {
  const sandbox = createSandbox({ scenario: SCENARIO, now: NOW, clock: "frozen", seed: 3 });
  const { clientId: accessKeyId, clientSecret: accessKeySecret } = sandbox.ready;
  const clock = createTestClock(Date.parse(NOW));
  const tenant = createAcdTenant(
    {
      issuer: "http://127.0.0.1",
      credentials: { accessKeyId, accessKeySecret },
      limits: { "acd-read": "off", "acd-write": "off" },
    },
    { transport: fetchTransport(sandbox.fetch), clock },
  );
  const { dispositionWriter, callReader } = tenant.capabilities;
  const path = { skillId: "4001" };
  const pass = async (seconds: number) => {
    await sandbox.control.advance(seconds);
    clock.skip(seconds * 1000);
  };
  const start = async (skill: object) => {
    await tenant.request("updateSkill", { path, body: skill } as never);
    await tenant.request("startSkill", { path });
    await pass(120);
    const { activeContacts } = (await tenant.request("listActive", { query: { skillId: "4001" } })).reply;
    return activeContacts.map(({ contactId }) => contactId);
  };
  const [closed = ""] = await start({ scriptDisposition: false });
  const wanted = { dispositionCodeId: "SOLD", notes: "agreed" };
  expect(await dispositionWriter.tagger?.add(closed, wanted)).toMatchObject({
    result: "contact_tagged",
    message: expect.stringContaining("not configured for script dispositioning"),
  });
  await tenant.request("stopSkill", { path, query: { force: false } });
  await pass(60);
  const contact = (await start({ scriptDisposition: true })).at(-1) ?? "";
  expect(await dispositionWriter.tagger?.add(contact, wanted)).toMatchObject({ result: "stored" });
  expect(await callReader.show(contact)).toMatchObject({ status: "active", disposition: { notes: "agreed" } });
  expect(await dispositionWriter.tagger?.look(contact)).toMatchObject({ result: "unchanged" });
  expect(await dispositionWriter.tagger?.look("999999999999")).toMatchObject({ result: "not_found" });
  await tenant.close();
  await sandbox.close();
});
