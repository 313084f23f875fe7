// The list of faults (contract §3): they are added, listed and cleared; at each request it says which one applies.

import { z } from "zod";
import { OutdialError, type Problem, problemsOf } from "../kernel/index.ts";
import { type FaultEffect, type FaultSpec, faultSpec } from "./fault-schema.ts";
import { seedWord, unit } from "./world/derive.ts";

/** A fault as listed: its rule, how many requests matched, how often it was applied. */
export interface Fault extends FaultSpec {
  readonly id: string;
  readonly matched: number;
  readonly struck: number;
}

/** What a request is matched by. `operation` is undefined for a path that is not in the contract. */
export interface RequestFacts {
  readonly operation?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly clientId?: string | undefined;
}

/** The fault to apply to a request. */
export interface Strike {
  readonly id: string;
  readonly effect: FaultEffect;
}

export interface FaultListSnapshot {
  readonly next: number;
  readonly faults: readonly Fault[];
}

export type FaultList = ReturnType<typeof createFaultList>;

/** A fault that cannot be added; `problems` has each wrong field. */
export class FaultError extends OutdialError<"fault_invalid"> {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super("fault_invalid", `fault: ${lines.join("; ")}`, { details: { problems } });
    this.problems = problems;
  }
}

const faultSpecs = z.array(faultSpec).min(1);

function readFaults(value: unknown): FaultSpec[] {
  const schema = Array.isArray(value) ? faultSpecs : faultSpec;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new FaultError(problemsOf(schema, value, parsed.error));
  return Array.isArray(parsed.data) ? parsed.data : [parsed.data];
}

interface Entry {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly seed: number;
  matched: number;
  struck: number;
}

const listed = ({ id, spec, matched, struck }: Entry): Fault => ({ ...structuredClone(spec), id, matched, struck });

export function createFaultList(options: { readonly seed: number | string }) {
  let entries: Entry[] = [];
  let next = 1;
  const entry = (id: string, spec: FaultSpec, matched = 0, struck = 0): Entry => ({
    id,
    spec,
    seed: seedWord(options.seed, `fault/${id}`),
    matched,
    struck,
  });
  return {
    /** Adds one fault or an array of them, all or none. Throws FaultError `fault_invalid` with each wrong field. */
    add(value: unknown): Fault[] {
      const added = readFaults(value).map((spec) => entry(`fault_${next++}`, spec));
      entries.push(...added);
      return added.map(listed);
    },
    list: (): Fault[] => entries.map(listed),
    /** Removes one fault, or all; returns the number removed. */
    clear(id?: string): number {
      const before = entries.length;
      entries = id === undefined ? [] : entries.filter((kept) => kept.id !== id);
      return before - entries.length;
    },
    /**
     * The first fault, in the order of adding, that applies to this request; counts the request on all matching faults up to it.
     */
    match(facts: RequestFacts): Strike | undefined {
      for (const fault of entries) {
        if (!matches(fault.spec.match, facts)) continue;
        const { after = 0, times = Number.POSITIVE_INFINITY, probability = 1, effect } = fault.spec;
        if (fault.struck >= times) continue;
        fault.matched += 1;
        if (fault.matched <= after || unit(fault.seed, fault.matched, 0) >= probability) continue;
        fault.struck += 1;
        return { id: fault.id, effect };
      }
      return undefined;
    },
    snapshot: (): FaultListSnapshot => ({ next, faults: entries.map(listed) }),
    restore(snapshot: FaultListSnapshot): void {
      next = snapshot.next;
      entries = snapshot.faults.map(({ id, matched, struck, ...spec }) => entry(id, spec, matched, struck));
    },
  };
}

function matches(match: FaultSpec["match"], facts: RequestFacts): boolean {
  return (
    (match.operation === undefined || match.operation === facts.operation) &&
    (match.acd === undefined || `acd.${match.acd}` === facts.operation) &&
    (match.method === undefined || match.method === facts.method) &&
    (match.path === undefined || facts.path.startsWith(match.path)) &&
    (match.client === undefined || match.client === facts.clientId)
  );
}
