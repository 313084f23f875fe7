// A contact list read to its end: with the calls that the tenant shows of its contacts.

import { expect, test } from "vitest";
import type { ContactRow, ContactSource } from "../../../tenant/port.ts";
import { ListReader } from "./list-reader.ts";
import { parseContactQuery } from "./query.ts";

const NOW = Date.UTC(2026, 5, 16, 17);
const HOUR = 3_600_000;

function sourceOf(items: readonly ContactRow[], placed: ReadonlyMap<string, readonly number[]>) {
  const asked: unknown[] = [];
  const source = {
    capability: { supported: true },
    contacts: () => ({
      async *pages() {
        yield { number: 1, items, reply: {}, nextToken: undefined };
      },
    }),
    placed: async (...of: unknown[]) => {
      asked.push(of);
      return placed;
    },
  } as unknown as ContactSource;
  return { source, asked };
}

const read = async ({ source }: ReturnType<typeof sourceOf>, callsSince?: number) => {
  const placed = [];
  for await (const entry of new ListReader(source, {
    listId: "501",
    query: parseContactQuery("true", "query"),
    where: [],
    callsSince,
  }))
    if ("gate" in entry) placed.push(entry.gate.placed);
  return placed;
};

test("calls that the tenant lists are of their contact by its number; the last one counts where it is not listed yet", async () => {
  const contacts = [
    { id: "1", phoneNumber: "2125550141", calls: 3, lastCallAt: NOW - 2 * HOUR },
    { id: "2", phoneNumber: "2125550142", calls: 2, lastCallAt: NOW - HOUR },
    { id: "3", phoneNumber: "2125550143", calls: 0 },
    { id: "4", phoneNumber: "2125550144", calls: 4, lastCallAt: NOW - 999 * HOUR },
    { id: "5", phoneNumber: "2125550145", calls: 1 },
  ];
  const listed = new Map([
    ["+1 (212) 555-0141", [NOW - 2 * HOUR + 900, NOW - 5 * HOUR]],
    ["2125550142", [NOW - 9 * HOUR]],
  ]);
  const tenant = sourceOf(contacts, listed);
  expect(await read(tenant, NOW - 48 * HOUR)).toEqual([
    [NOW - 2 * HOUR + 900, NOW - 5 * HOUR],
    [NOW - 9 * HOUR, NOW - HOUR],
    undefined,
    undefined,
    [],
  ]);
  expect(tenant.asked).toEqual([["501", NOW - 48 * HOUR, expect.anything()]]);
});

test("further numbers of a contact go with it, once each; one that cannot be read refuses the contact", async () => {
  const numbers = ["2125550141", "3105550141", "(310) 555-0141"];
  const { source } = sourceOf(
    [
      { id: "1", phoneNumber: "2125550141", phoneNumbers: numbers },
      { id: "2", phoneNumber: "2125550141", phoneNumbers: ["2125550141", "0049"] },
    ],
    new Map(),
  );
  const entries = [];
  const question = { listId: "501", query: parseContactQuery("true", "query"), where: [] };
  for await (const entry of new ListReader(source, question)) entries.push(entry);
  expect(entries).toMatchObject([
    { gate: { number: 12125550141, others: [13105550141] } },
    { refused: { line: 2, field: "phoneNumbers" } },
  ]);
});

test("a call that another list or a call under way shows counts for one whose record has none; nothing is listed when nobody asks", async () => {
  const called = sourceOf([{ id: "1", phoneNumber: "2125550141", calls: 1, lastCallAt: NOW }], new Map());
  expect(await read(called)).toEqual([undefined]);
  expect(called.asked).toEqual([]);
  const people = [
    { id: "3", phoneNumber: "2125550143", calls: 0 },
    { id: "4", phoneNumber: "2125550144", calls: 4, lastCallAt: NOW - 999 * HOUR },
    { id: "5", phoneNumber: "2125550145", calls: 0 },
  ];
  const underWay = sourceOf(people, new Map(["2125550143", "2125550144"].map((number) => [number, [NOW]])));
  expect(await read(underWay, NOW - HOUR)).toEqual([[NOW], [NOW], undefined]);
});
