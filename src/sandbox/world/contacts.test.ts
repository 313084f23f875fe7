// The contacts of a list: generated, explicit and changed ones under filters, sorts and pages.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkScenario } from "../scenario/index.ts";
import { type Contact, type ContactStore, createContactStore } from "./contacts.ts";
import { holds, parseContactFilter, valueAtPath } from "./query.ts";

const START = Date.UTC(2026, 0, 1);

function store(list: object, seed: number | string = 1): ContactStore {
  const [checked] = checkScenario({ contactLists: [{ id: "L", ...list }] }).contactLists;
  if (checked === undefined) throw new Error("no list");
  return createContactStore({ list: checked, seed, start: START });
}
const all = (contacts: ContactStore, query = "true", sortBy?: string, sortOrder?: "asc" | "desc") =>
  contacts.page({ filter: parseContactFilter(query), sortBy, sortOrder, offset: 0, limit: 1e9 }).contacts;
const contact = (id: string, fields: Partial<Contact> = {}): Contact => ({
  id,
  phoneNumber: "+12125550100",
  firstName: "Zoe",
  lastName: "Zed",
  consentFlags: { outbound: { call: true } },
  attributes: {},
  lastModifiedTime: new Date(START).toISOString(),
  ...fields,
});

describe("generated contacts", () => {
  it("have no service code as exchange, however many they are", () => {
    const many = store({ generate: { count: 8_000_000 } });
    const page = (offset: number) => many.page({ filter: parseContactFilter("true"), offset, limit: 1 }).contacts[0];
    for (let block = 0; block < 800; block++) expect(page(block * 10_000)?.phoneNumber).toMatch(/^\+1\d{3}[2-9](?!11)\d{6}$/);
  });
  it("are the same for a seed, others for another, and unique in id and number", () => {
    const [one, again, other] = [
      all(store({ generate: { count: 500 } })),
      all(store({ generate: { count: 500 } })),
      all(store({ generate: { count: 500 } }, 2)),
    ];
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(new Set(one.map(({ id }) => id)).size).toBe(500);
    expect(new Set(one.map(({ phoneNumber }) => phoneNumber)).size).toBe(500);
    expect(one[0]).toMatchObject({ id: "L-p0000001", phoneNumber: expect.stringMatching(/^\+1[2-9]\d{2}[2-9]\d{6}$/) });
  });

  it("are found by id, and only by their own", () => {
    const contacts = store({ generate: { count: 20 } });
    for (const listed of all(contacts)) expect(contacts.get(listed.id)).toEqual(listed);
    for (const id of ["L-p0000000", "L-p0000021", "L-p1", "L-p00000001", "L-p1e0", "M-p0000001", ""])
      expect(contacts.get(id)).toBeUndefined();
  });

  it("consent in exactly the number asked, or about the share asked", () => {
    const exact = store({ generate: { count: 997, consented: 400 } });
    expect(exact.page({ filter: parseContactFilter("consentFlags.outbound.call==true"), offset: 0, limit: 1 }).total).toBe(400);
    const rate = store({ generate: { count: 4000, consentRate: 0.25 } });
    const { total } = rate.page({ filter: parseContactFilter("consentFlags.outbound.call==true"), offset: 0, limit: 1 });
    expect(total).toBeGreaterThan(850);
    expect(total).toBeLessThan(1150);
  });

  it("live in the zones asked, with a state of that zone, or without either", () => {
    const zoned = all(store({ generate: { count: 200, zones: { "America/Chicago": 1, "Pacific/Honolulu": 3 } } }));
    expect(new Set(zoned.map(({ timeZone }) => timeZone))).toEqual(new Set(["America/Chicago", "Pacific/Honolulu"]));
    for (const { timeZone, state } of zoned) expect(timeZone === "Pacific/Honolulu").toBe(state === "HI");
    const some = all(store({ generate: { count: 400, withoutZoneRate: 0.5 } })).filter(({ timeZone }) => timeZone === undefined);
    expect(some.length).toBeGreaterThan(120);
    expect(some.length).toBeLessThan(280);
    expect(some.every(({ state, postalCode }) => state === undefined && postalCode === undefined)).toBe(true);
  });
});

describe("a page", () => {
  const base = {
    generate: { count: 60 },
    contacts: [
      { id: "x1", lastModifiedTime: "-30s" },
      { id: "L-p0000005", firstName: "Replaced" },
    ],
  };

  it("filters and sorts as a plain list would, whatever was changed before", () => {
    const queries = ["true", "consentFlags.outbound.call==true", "attributes.segment!=gold && state==NY", "firstName==Zoe"];
    fc.assert(
      fc.property(
        fc.constantFrom(...queries),
        fc.constantFrom(undefined, "lastModifiedTime", "lastName", "attributes.score", "id", "nope"),
        fc.constantFrom("asc" as const, "desc" as const),
        fc.array(
          fc.record({ id: fc.constantFrom("L-p0000001", "L-p0000060", "x1", "new"), age: fc.integer({ min: -90, max: 90 }) }),
          { maxLength: 5 },
        ),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        (query, sortBy, sortOrder, changes, offset, limit) => {
          const contacts = store(base);
          const everyone = new Map(all(contacts).map((one) => [one.id, one]));
          for (const { id, age } of changes) {
            const changed = contact(id, { lastModifiedTime: new Date(START - age * 1000).toISOString() });
            contacts.upsert(changed);
            everyone.set(id, changed);
          }
          expect(contacts.size).toBe(everyone.size);
          const { terms } = parseContactFilter(query);
          const wanted = [...everyone.values()].filter((one) => terms.every((term) => holds(term, valueAtPath(one, term.path))));
          const listed = all(contacts, query, sortBy, sortOrder);
          expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)));
          expect(listed).toHaveLength(wanted.length);
          if (sortBy !== undefined) {
            const keys = listed.map((one) => valueAtPath(one, sortBy) as string | number | undefined);
            for (const [i, key] of keys.entries()) {
              const before = keys[i - 1];
              if (i === 0 || key === undefined || before === undefined) continue;
              expect(sortOrder === "asc" ? before <= key : before >= key).toBe(true);
            }
          }
          const page = contacts.page({ filter: parseContactFilter(query), sortBy, sortOrder, offset, limit });
          expect(page).toEqual({ contacts: listed.slice(offset, offset + limit), total: wanted.length });
        },
      ),
      { numRuns: 150 },
    );
  });

  it("walks the list by place without gaps", () => {
    const contacts = store(base);
    const walked = Array.from({ length: contacts.size }, (_, place) => contacts.at(place)?.id);
    expect(new Set(walked)).toEqual(new Set(all(contacts).map(({ id }) => id)));
    for (const [place, id] of walked.entries()) {
      expect(contacts.mayCall(place)).toBe(contacts.get(id ?? "")?.consentFlags.outbound["call"] === true);
    }
    expect(contacts.at(contacts.size)).toBeUndefined();
    expect(contacts.mayCall(contacts.size)).toBe(false);
    expect(contacts.at(-1)).toBeUndefined();
  });
});

it("snapshots and restores what differs from the generated", () => {
  const contacts = store({ generate: { count: 10 } });
  contacts.upsert(contact("L-p0000003"));
  const saved = JSON.parse(JSON.stringify(contacts.snapshot()));
  const before = all(contacts);
  contacts.upsert(contact("new"));
  contacts.upsert(contact("L-p0000003", { firstName: "Else" }));
  contacts.restore(saved);
  expect(all(contacts)).toEqual(before);
  expect(contacts.size).toBe(10);
});

it("serves a million contacts", () => {
  const contacts = store({ generate: { count: 1_000_000, consented: 777_777 } });
  const query = parseContactFilter("consentFlags.outbound.call==true");
  const first = contacts.page({ filter: query, sortBy: "lastModifiedTime", sortOrder: "desc", offset: 0, limit: 100 });
  expect(first.total).toBe(777_777);
  const last = contacts.page({ filter: query, sortBy: "lastModifiedTime", sortOrder: "desc", offset: 777_700, limit: 100 });
  expect(last.contacts).toHaveLength(77);
  expect(contacts.get("L-p1000000")?.id).toBe("L-p1000000");
});
