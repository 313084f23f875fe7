// Whom the one handing over has called, when the tenant does not give the whole list of the one taking over.

import { expect, it } from "vitest";
import { startScriptedServer } from "../../../../test/support/scripted-server.ts";
import { createTestClock } from "../../../../test/support/test-clock.ts";
import type { HandoverHolds } from "../../../store/index.ts";
import { createTenant } from "../../../tenant/index.ts";
import { type CalledDeps, handContacts, overlapProblem, unreadableWords } from "./called.ts";

const AT = Date.parse("2026-06-16T17:00:00Z");
const HANDOVER = { primary: "p", number: 1, from: "p", to: "b", holdHours: 24, at: AT, overlap: "refuse" } as const;
const CALLED = "+12123450110";
const CALLS = [{ id: "call", phoneNumber: CALLED, startTime: "2026-06-16T16:00:00Z" }];
const people = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `c${from + n}`, phoneNumber: `+1212${3_450_000 + from + n}` }));

it.each<[string, unknown[], object, unknown[]?]>([
  ["whole", people(100, 20), { overlap: 1, unreadable: 0 }],
  [
    "in which a called number is somebody's second one",
    [...people(100, 19), { id: "c119", phoneNumber: "+12123450119", phoneNumbers: ["+12123450119", CALLED] }],
    { overlap: 2, called: 1, unreadable: 0 },
  ],
  [
    "in which a second number cannot be read",
    [...people(100, 19), { id: "c119", phoneNumber: "+12123450119", phoneNumbers: ["+12123450119", "none"] }],
    { overlap: 1, unreadable: 1 },
  ],
  [
    "whole, and a call that names only a contact of the other list, who has two numbers",
    people(100, 20),
    { overlap: 3, called: 3 },
    [...CALLS, { id: "by_id", contactId: "two", startTime: "2026-06-16T16:30:00Z" }],
  ],
  [
    "whole, and a call that names only a contact who is not on the other list any more",
    people(100, 20),
    { overlap: 1, called: 1, unidentified: 0, unreadable: 1 },
    [...CALLS, { id: "by_id", contactId: "gone", startTime: "2026-06-16T16:30:00Z" }],
  ],
  [
    "in which some contacts cannot be read: they are counted",
    [...people(100, 17), "nobody", { phoneNumber: "+12123450118" }, { id: "c119", phoneNumber: "none" }],
    { overlap: 1, unreadable: 3 },
  ],
  ["without its second page, whose people were called", [], { code: "invalid_reply" }],
  ["whole, and a call that cannot be read", people(100, 20), { unidentified: 1, called: 4 }, ["broken", ...CALLS]],
])("with the list of the one taking over %s", async (_, secondPage, expected, placed = CALLS) => {
  await using server = await startScriptedServer({
    api: ({ url }) => {
      const { pathname, searchParams } = new URL(url, "http://x");
      if (pathname.includes("list_p"))
        return {
          json: {
            contacts: [
              ...people(30, 1),
              { id: "two", phoneNumber: "+12123450031", phoneNumbers: ["+12123450031", "+12123450032"] },
            ],
            total: 2,
          },
        };
      if (pathname.includes("/contact"))
        return { json: { contacts: searchParams.get("page") === "1" ? people(0, 100) : secondPage, total: 120 } };
      if (pathname.includes("/calls")) return { json: { calls: placed } };
      return {
        json: { id: pathname.split("/").at(-1), status: "paused", contactListId: pathname.endsWith("/p") ? "list_p" : "list_b" },
      };
    },
  });
  const tenant = createTenant(
    { hosts: server.url, token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "secret" } },
    { clock: createTestClock() },
  );
  try {
    const { campaignRunner: runner, outcomeSource: calls, contactSource: contacts } = tenant.capabilities;
    const holds = { calledBy: async () => [], hold: async () => undefined } as unknown as HandoverHolds;
    const counts = {
      knownCounts: { find: async () => undefined, keep: async () => undefined },
    } as unknown as CalledDeps["counts"];
    const handed = handContacts({ runner, calls, contacts, holds, counts }, HANDOVER, true, {});
    expect(await handed.catch(({ code }: { code: string }) => ({ code }))).toMatchObject(expected);
  } finally {
    await tenant.close();
  }
});

it("says of contacts without a known number that it is not known whether they would be called again", () => {
  const handed = { overlap: 0, atTenant: 0, called: 5, unidentified: 0, unreadable: 2, sameList: false, doubt: null };
  expect(overlapProblem(handed, "b")).toBeUndefined();
  const words =
    "of 2 contacts the tenant names no number that can be read, or not the one that was called: whether they would be called again is not known";
  expect(unreadableWords(handed)).toBe(words);
  expect(unreadableWords({ ...handed, unreadable: 0 })).toBeUndefined();
  expect(overlapProblem({ ...handed, overlap: 1 }, "b")).toContain(`; ${words}`);
});
