import fc from "fast-check";
import { expect, it } from "vitest";
import { StoreError } from "../../store/index.ts";
import { overlapping } from "./overlap.ts";

const FULL = new StoreError("store_full", "disk full");
const STOP = { code: "unauthorized", message: "no rights" };

interface Item {
  /** Turns of the event loop that it takes. */
  readonly turns: number;
  readonly ends: "well" | "stops" | "fails";
}

/** Does all items, and says what was under way. */
async function played(items: readonly Item[], atOnce: number) {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const begin = async (no: number) => {
    begun.push(no);
    running += 1;
    most = Math.max(most, running);
    const { turns, ends } = items[no] as Item;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (ends === "fails") throw FULL;
    return ends;
  };
  const result = await overlapping([...items.keys()], atOnce, begin, (ends) => (ends === "stops" ? STOP : undefined)).catch(
    (thrown: unknown) => thrown,
  );
  return { result, begun, running, most };
}

it("waits for the windows that are still being read when one fails with a full disk", async () => {
  const items: Item[] = [
    { turns: 1, ends: "fails" },
    { turns: 50, ends: "well" },
    { turns: 1, ends: "well" },
  ];
  expect(await played(items, 2)).toMatchObject({ result: FULL, begun: [0, 1], running: 0 });
});

const item = fc.record({ turns: fc.nat(6), ends: fc.constantFrom<Item["ends"][]>("well", "well", "well", "stops", "fails") });

it("has nothing running when it returns or throws, and begins the same items whatever each of them takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(6),
      async (items, atOnce, turns) => {
        const { result, begun, running, most } = await played(items, atOnce);
        expect(running).toBe(0);
        expect(most).toBeLessThanOrEqual(atOnce);
        const bad = items.findIndex(({ ends }) => ends !== "well");
        // Those before the first bad one, it, and those that overlap with it.
        expect(begun).toEqual([...items.keys()].slice(0, bad < 0 ? items.length : bad + atOnce));
        const done = begun.map((no) => (items[no] as Item).ends);
        if (done.includes("fails")) expect(result).toBe(FULL);
        else expect(result).toEqual({ ended: done, stop: done.includes("stops") ? STOP : undefined });
        // A replay may take other times, but must begin the same steps in the same order.
        expect(
          (
            await played(
              items.map(({ ends }) => ({ ends, turns })),
              atOnce,
            )
          ).begun,
        ).toEqual(begun);
      },
    ),
  );
});
