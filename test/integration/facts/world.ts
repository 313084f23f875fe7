// What the tests of facts share: a store, the parts that read files into it, and a rule pack.

import { compilePack, parseRulePack } from "../../../src/compliance/index.ts";
import { createRandom } from "../../../src/kernel/index.ts";
import { createGate, type FactSource, type Gate, type GateContact, type ImportDeps } from "../../../src/operations/index.ts";
import type { Facts } from "../../../src/store/index.ts";
import flat from "../../data/compliance/flat-rule-set.json" with { type: "json" };
import { openTestStore, type TestStore } from "../../support/store.ts";

export const ANNA = 12125550123;
export const BEN = 18505550117;
/** In the morning of a Monday in New York: 10:00. */
export const NOW = Date.UTC(2026, 2, 2, 15);

export interface FactsWorld extends TestStore {
  readonly facts: Facts;
  readonly deps: ImportDeps;
  readonly gate: Gate;
}

export async function openFactsWorld(): Promise<FactsWorld> {
  const world = await openTestStore();
  const { facts, audit } = world.store;
  const deps = { facts, clock: world.clock, random: createRandom(1, "facts"), actor: "ann" };
  return { ...world, facts, deps, gate: createGate({ ...deps, holds: world.store.holds, audit }) };
}

export const pack = () =>
  compilePack(parseRulePack(flat, "flat-rule-set.json"), { timeZoneData: process.versions["tz"] ?? "unknown" });

/** A file of these lines; it arrives in pieces of `size` bytes. */
export function file(lines: readonly string[], name = "file.csv", size = 7): FactSource {
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  return {
    name,
    async *bytes() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

export async function* contacts(...numbers: readonly (number | GateContact)[]): AsyncGenerator<GateContact> {
  for (const one of numbers) yield typeof one === "number" ? { number: one } : one;
}
