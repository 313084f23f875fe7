// Registries as they are delivered: a file an area code, and lists of changes. What no file covers is denied, and whatever is loaded, each number is
// judged by the newest file of its own area code.

import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { FactsUseCases, type GateVerdict, loadRegistry, type RefusedLine } from "../../../src/operations/index.ts";
import { scaled } from "../../support/scale.ts";
import { contacts, type FactsWorld, file, NOW, openFactsWorld, pack } from "./world.ts";

let world: FactsWorld;
beforeEach(async () => {
  world = await openFactsWorld();
});
afterEach(() => world.dispose());

const rules = pack();
const DAY = 86_400_000;
/** A day in the year of the tests, YYYY-MM-DD. */
const day = (n: number) => new Date(Date.UTC(2026, 1, 1) + (n - 1) * DAY).toISOString().slice(0, 10);

type Options = Parameters<typeof loadRegistry>[1];
const load = (lines: readonly string[], options: Partial<Options> = {}, name = "us.txt") =>
  loadRegistry(file(lines, name), { registry: "US", asOf: day(20), ...options }, world.deps);

async function verdicts(numbers: readonly number[], at = NOW): Promise<GateVerdict[]> {
  const found: GateVerdict[] = [];
  await world.gate(
    { campaign: "c", callType: "telemarketing", at, pack: rules, contacts: contacts(...numbers), reasons: true },
    { verdict: (one) => void found.push(one) },
  );
  return found;
}
const judged = async (numbers: readonly number[], at = NOW) => (await verdicts(numbers, at)).map((one) => one.rules.join());

const [A212, B212, A813, A305] = [12125550142, 12125550143, 18135550142, 13055550142];

test("a file renews its own area codes only, and a number in an area code that no file covers is denied", async () => {
  expect(await load(["212,5550142\r"], {}, "212.txt")).toMatchObject({
    result: "switched",
    numbers: 1,
    covers: { areaCodes: ["212"], others: false },
  });
  expect(await judged([A212, B212, A813])).toEqual(["DNC_NATIONAL", "", "DNC_NOT_COVERED"]);
  await load(["813,5550142"], { asOf: day(21) }, "813.txt");
  expect(await judged([A212, B212, A813, A305])).toEqual(["DNC_NATIONAL", "", "DNC_NATIONAL", "DNC_NOT_COVERED"]);
  const [uncovered] = await verdicts([A305]);
  expect(uncovered?.verdict).toBe("never");
  expect(uncovered?.reasons?.join()).toMatch(
    /no file of the registry of US that is loaded covers the area code 305.*dnc import FILE/,
  );
  // 212 anew: only its own number leaves.
  await load(["212,5550143"], { asOf: day(22) }, "212.txt");
  expect(await judged([A212, B212, A813])).toEqual(["", "DNC_NATIONAL", "DNC_NATIONAL"]);
  await expect(load(["212,5550142"], { asOf: day(21) })).rejects.toMatchObject({
    code: "invalid_state",
    message: expect.stringContaining(`older than the one in force for the area code 212, of ${day(22)}`),
  });
  expect(await load(["212,5550143"], { asOf: day(22) }, "212.txt")).toMatchObject({ result: "unchanged" });
});

test("each area code is as old as its own file", async () => {
  await load(["212,5550142"], { asOf: day(1) });
  await load(["813,5550142"], { asOf: day(25) });
  const later = NOW + 5 * DAY;
  expect(await judged([B212, 18135550143], later)).toEqual(["DNC_STALE", ""]);
  const { manifest } = await world.gate({
    campaign: "c",
    callType: "telemarketing",
    at: NOW,
    pack: rules,
    contacts: contacts(B212),
  });
  expect(manifest.facts.registries).toEqual([
    {
      registry: "US",
      asOf: day(1),
      numbers: 2,
      covers: [
        { asOf: day(1), areaCodes: ["212"], others: false },
        { asOf: day(25), areaCodes: ["813"], others: false },
      ],
    },
  ]);
});

test("a file is the whole list only when a person says so; a later file of one area code stands beside it", async () => {
  await load(["212,5550142", "813,5550142"]);
  expect(await judged([A305])).toEqual(["DNC_NOT_COVERED"]);
  expect(await load(["212,5550142", "813,5550142"], { covers: "all" })).toMatchObject({
    covers: { others: true, areaCodes: [] },
  });
  expect(await judged([A212, A305])).toEqual(["DNC_NATIONAL", ""]);
  await load(["305,5550142"], { asOf: day(22) });
  expect(await judged([A212, A305, A813])).toEqual(["DNC_NATIONAL", "DNC_NATIONAL", "DNC_NATIONAL"]);
  // What shrinks is doubted for each area code, and one that a whole file no longer names has shrunk.
  expect(await load(["212,5550142", "305,5550142"], { covers: "all", asOf: day(23) })).toMatchObject({
    result: "kept",
    reason: "the file holds 0 numbers of the area code 813, the one in force 1",
  });
});

test("what a file is said to cover must be what it holds", async () => {
  const covers = new Set([212]);
  expect(await load(["212,5550142", "813,5550142"], { covers, accept: true })).toMatchObject({
    result: "kept",
    reason: "the file holds numbers of the area code 813, which --covers does not name",
  });
  expect(await judged([A212])).toEqual(["DNC_STALE"]);
  const source = () => file(["813,5550142"]);
  const facts = new FactsUseCases({ ...world.deps, store: world.store }, async () => pack());
  const ask = (covers: string, registry = "US") => facts.importRegistry({ registry, asOf: day(20), covers }, source(), {}, "ann");
  await expect(ask("212,New York")).rejects.toThrow(/"NEW YORK" is neither an area code, such as 212, nor a state of US/);
  await expect(ask("212,all")).rejects.toThrow(/all stands alone/);
  await expect(ask("212", "GB")).rejects.toThrow(/numbers of GB have no area codes/);
  expect((await ask("FL")).registry).toMatchObject({ result: "switched", numbers: 1 });
  // Every area code of the state.
  expect(await judged([A813, A305, A212])).toEqual(["DNC_NATIONAL", "", "DNC_NOT_COVERED"]);
});

test.each<[string, readonly string[], Partial<Options>]>([
  ["area code and number", ["212,5550142"], {}],
  ["ten digits", ["2125550142"], {}],
  ["a header", ["area_code,phone", "212,5550142"], {}],
  ["a header and whole numbers", ["area_code,phone", "212,(212) 555-0142"], {}],
  ["seven digits of one area code", ["5550142"], { covers: new Set([212]) }],
])("a registry's file with %s is read", async (_, lines, options) => {
  expect(await load(lines, options)).toMatchObject({ result: "switched", numbers: 1, covers: { areaCodes: ["212"] } });
  expect(await judged([A212])).toEqual(["DNC_NATIONAL"]);
});

test.each<[string, readonly string[], RegExp]>([
  ["a plus before ten digits", ["+2125550160"], /has a plus before ten digits/],
  ["a number of another country", ["+442079460018"], /no number with an area code/],
  ["seven digits of no area code", ["5550142"], /has no area code.*--covers/],
  ["two area codes in a line", ["area_code,phone", "813,2125550142"], /is not the area code of the number/],
])("a line with %s is refused, and the file is not put in force", async (_, lines, reason) => {
  const refused: RefusedLine[] = [];
  const report = await loadRegistry(
    file([...lines, ...(lines.length > 1 ? ["212,5550199"] : ["2125550199"])]),
    { registry: "US", asOf: day(20) },
    world.deps,
    {
      refused: (line) => void refused.push(line),
    },
  );
  expect(report).toMatchObject({ result: "kept", refused: 1 });
  expect(refused.map((line) => line.reason).join()).toMatch(reason);
  expect(await world.facts.registryFiles()).toEqual([]);
});

test("a list that no rule asks for is refused with those that are asked for, and nothing is put in force", async () => {
  const facts = new FactsUseCases({ ...world.deps, store: world.store }, async () => ({ pack: usCaUk2026() }));
  const ask = (registry: string) =>
    facts.importRegistry({ registry, asOf: day(20), covers: "all" }, file(["2125550142"]), {}, "ann");
  for (const name of ["US-ZZ", "XX", "USA", "", "US-NV", "*"])
    await expect(ask(name)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(
        /is no list that a rule in force asks for; these are .*\bUS, .*\bUS-IN, .*and the two letters of any other country/,
      ),
    });
  expect(await world.facts.registryFiles()).toEqual([]);
  for (const name of ["us", "US-IN", "DE"]) expect((await ask(name)).registry.registry).toBe(name.toUpperCase());
});

test("XML is told as what it is", async () => {
  await expect(load(['<?xml version="1.0"?>', "<list/>"])).rejects.toThrow(/line 1: the file is XML/);
});

test.each<[string, readonly string[]]>([
  ["flat", [`212,5550142,${day(20)},D`, `212,5550143,${day(20)},A`]],
  ["with a header", ["area_code,phone,change_date,type", `212,5550142,${day(20)},D`, `212,5550143,${day(20)},A`]],
  ["without dates", ["212,5550142,D", "212,5550143,A"]],
  ["with the last of several changes", [`212,5550142,${day(18)},A`, `212,5550142,${day(19)},D`, `212,5550143,${day(18)},A`]],
])("a list of changes (%s) adds and deletes", async (_, lines) => {
  await load(["212,5550142", "813,5550142"], { asOf: day(17) });
  const report = await load(lines, { changesSince: day(17) }, "changes.txt");
  expect(report).toMatchObject({ result: "applied", numbers: 1, deleted: 1, covers: { areaCodes: ["212"], others: false } });
  expect(await judged([A212, B212, A813])).toEqual(["", "DNC_NATIONAL", "DNC_NATIONAL"]);
  const [us] = await world.facts.registryFiles();
  expect(us?.covers).toEqual([
    { areaCode: 212, asOf: day(20), numbers: 1 },
    { areaCode: 813, asOf: day(17), numbers: 1 },
  ]);
  const again = await load(lines, { changesSince: day(17) }, "changes.txt");
  expect(again).toMatchObject({ result: "applied", numbers: 0, deleted: 0 });
});

test("a list of changes that does not belong to what is in force changes nothing", async () => {
  await load(["212,5550142"], { asOf: day(10) });
  const delist = [`212,5550142,${day(20)},D`];
  const kept = (reason: RegExp) => ({ result: "kept", reason: expect.stringMatching(reason) });
  expect(await load(delist, { changesSince: day(11) })).toMatchObject(
    kept(/changes are those since 2026-02-11, and the version in force for the area code 212 is of 2026-02-10.*missing/),
  );
  expect(await load(["813,5550142,A"], { changesSince: day(10) })).toMatchObject(
    kept(/no file is in force for the area code 813.*full file first/),
  );
  expect(await load(delist, { changesSince: day(10), covers: new Set([212, 813]) })).toMatchObject(
    kept(/no file is in force for the area code 813/),
  );
  expect(await load([...delist, "oops,A"], { changesSince: day(10) })).toMatchObject(kept(/1 lines cannot be read/));
  expect(await load(["phone,action", "2125550142,D", "2125550143,"], { changesSince: day(10) })).toMatchObject(
    kept(/1 lines cannot be read/),
  );
  expect(await load([`212,5550142,${day(21)},D`], { changesSince: day(10) })).toMatchObject({ result: "kept", refused: 1 });
  expect(await load(["phone,action"], { changesSince: day(10), covers: "all" })).toMatchObject(kept(/holds no change/));
  for (const lines of [delist, ["phone,status", "2125550142,D"]])
    await expect(load(lines, { covers: "all" })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("the file is a list of changes"),
      advice: expect.stringContaining("--changes-since"),
    });
  await expect(load(["212,5550142"], { changesSince: day(10) })).rejects.toThrow(/says neither A \(added\) nor D/);
  expect(await judged([A212])).toEqual(["DNC_NATIONAL"]);
  const [us, ...more] = await world.facts.registryFiles();
  expect([us?.covers, more]).toEqual([[{ areaCode: 212, asOf: day(10), numbers: 1 }], []]);
  await load(["212,5550142"], { asOf: day(21) });
  expect(await load(delist, { changesSince: day(10) })).toMatchObject(
    kept(/go up to 2026-02-20.*is of 2026-02-21: they are in it already/),
  );
});

test("a number that was listed again after a change list's deletion stays listed", async () => {
  await load(["212,5550142"], { asOf: day(15) });
  const report = await load([`212,5550142,${day(12)},D`, `212,5550143,${day(16)},A`], { changesSince: day(10) });
  expect(report).toMatchObject({ result: "applied", numbers: 1, deleted: 0 });
  expect(await judged([A212, B212])).toEqual(["DNC_NATIONAL", "DNC_NATIONAL"]);
});

test.each([
  ["of a person whom the file in force lists", [] as string[]],
  ["of a person whom later changes listed", [`212,5550142,${day(15)},A`]],
])("a deletion without a date %s, in a list for an older version, deletes nothing", async (_, later) => {
  await load(later.length === 0 ? ["212,5550142"] : ["212,5550143"], { asOf: day(later.length === 0 ? 15 : 10) });
  if (later.length > 0) await load(later, { changesSince: day(10), asOf: day(15) });
  for (const line of ["212,5550142,,D", "2125550142,D", "212,5550142,D"]) {
    const report = await load([line], { changesSince: day(12), asOf: day(15) });
    expect(report).toMatchObject({ result: "applied", deleted: 0 });
    expect(await judged([A212])).toEqual(["DNC_NATIONAL"]);
  }
  // Made to the version in force, or with a date after it, it is certain.
  expect(await load(["2125550142,D"], { changesSince: day(15) })).toMatchObject({ result: "applied", deleted: 1 });
  expect(await judged([A212])).toEqual([""]);
});

test("an addition and a deletion of a number without dates leave it listed, in whatever order", async () => {
  await load(["212,5550142", "212,5550143"], { asOf: day(10) });
  const lines = ["212,5550142,A", "212,5550142,D", "212,5550143,D", "212,5550143,A"];
  expect(await load(lines, { changesSince: day(10) })).toMatchObject({ result: "applied", numbers: 0, deleted: 0 });
  expect(await judged([A212, B212])).toEqual(["DNC_NATIONAL", "DNC_NATIONAL"]);
});

test("a list of changes of a whole list renews what it says that it covers, also where nothing changed", async () => {
  await load(["212,5550142", "813,5550142"], { asOf: day(1), covers: "all" });
  const later = NOW + 3 * DAY;
  expect(await judged([B212, 18135550143, A305], later)).toEqual(["DNC_STALE", "DNC_STALE", "DNC_STALE"]);
  await load([`305,5550142,${day(20)},A`], { changesSince: day(1) });
  expect(await judged([B212, A305, 13055550143], later)).toEqual(["DNC_STALE", "DNC_NATIONAL", ""]);
  await load([`305,5550144,${day(21)},A`], { changesSince: day(1), covers: "all", asOf: day(21) });
  expect(await judged([B212, 18135550143, A305, 12155550142], later)).toEqual(["", "", "DNC_NATIONAL", ""]);
});

/** A load, by what it is about. */
const AREAS = [212, 813, 305] as const;
const lines = fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant("file" as const), area: fc.constantFrom(...AREAS), lines, at: fc.nat(40) }),
  fc.record({ do: fc.constant("whole" as const), area: fc.constantFrom(...AREAS), lines, at: fc.nat(40) }),
  fc.record({
    do: fc.constant("changes" as const),
    area: fc.constantFrom(...AREAS),
    lines,
    listed: fc.boolean(),
    since: fc.nat(40),
    at: fc.nat(40),
  }),
);

test("whatever is loaded in whatever order, each number is judged by the newest file of its area code", async () => {
  const numberOf = (area: number, line: number) => 10_000_000_000 + area * 10_000_000 + 5_550_140 + line;
  const all = AREAS.flatMap((area) => [0, 1, 2].map((line) => numberOf(area, line)));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      await world.dispose();
      world = await openFactsWorld();
      /** By area code: its date and its numbers. */
      let truth = new Map<number, { at: number; numbers: ReadonlySet<number> }>();
      let others: { at: number } | undefined;
      const inForce = (area: number) => truth.get(area) ?? (others && { at: others.at, numbers: new Set<number>() });
      for (const one of steps) {
        const numbers = one.lines.map((line) => numberOf(one.area, line));
        const known = inForce(one.area);
        if (one.do === "changes") {
          const text = numbers.map((number) => `${String(number).slice(1)},${one.listed ? "A" : "D"}`);
          const options = { asOf: day(one.at), changesSince: day(one.since) };
          const { result } = await load(text, options);
          const fits = known !== undefined && one.since <= known.at && known.at <= one.at;
          expect(result).toBe(fits ? "applied" : "kept");
          if (!fits) continue;
          const then = new Set(known.numbers);
          for (const number of numbers)
            if (one.listed) then.add(number);
            // Without a date it may have been deleted before the version in force was made.
            else if (one.since === known.at) then.delete(number);
          truth.set(one.area, { at: one.at, numbers: then });
          continue;
        }
        const whole = one.do === "whole";
        const replaced = whole
          ? [...truth.values(), ...(others === undefined ? [] : [others])]
          : known === undefined
            ? []
            : [known];
        const loading = load(
          numbers.map((number) => `+${number}`),
          { asOf: day(one.at), accept: true, covers: whole ? "all" : undefined },
        );
        if (replaced.some(({ at }) => at > one.at)) await expect(loading).rejects.toMatchObject({ code: "invalid_state" });
        else {
          await loading;
          if (whole) [truth, others] = [new Map(), { at: one.at }];
          truth.set(one.area, { at: one.at, numbers: new Set(numbers) });
        }
      }
      const at = NOW + 5 * DAY;
      const today = Math.floor((at - Date.UTC(2026, 1, 1)) / DAY) + 1;
      const anything = truth.size > 0 || others !== undefined;
      const expected = AREAS.flatMap((area) =>
        [0, 1, 2].map((line) => {
          const of = inForce(area);
          if (of === undefined) return anything ? "DNC_NOT_COVERED" : "DNC_STALE";
          const found = of.numbers.has(numberOf(area, line)) ? ["DNC_NATIONAL"] : [];
          return [...found, ...(today - of.at > 31 || of.at > today + 1 ? ["DNC_STALE"] : [])].join();
        }),
      );
      expect(await judged(all, at)).toEqual(expected);
    }),
    { numRuns: scaled(200, 4) },
  );
});
