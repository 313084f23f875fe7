// The gate: which contacts of a campaign may be called at a moment, which later and when, which never and why. Everything that
// can cause a call must ask it first. It works as a stream: contacts in batches, the facts of a batch in one round trip, verdicts
// in the order of the contacts.

import { type Clock, canonicalJson, newId, type RandomStream } from "../../kernel/index.ts";
import { type Facts, type HandoverHolds, NO_FACTS, type PhoneKey, type Store } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { RefusedLine } from "../table/records.ts";
import { lookBack } from "./call-facts.ts";
import { type GateContact, type GateRequest, type GateVerdict, Judge, numbersOf, personOf } from "./judge.ts";
import { type SignedManifest, signManifest } from "./manifest.ts";
import type { GateCounts } from "./tally.ts";

/** Numbers per round trip. */
const BATCH = 2_000;

/** What gates work with. */
interface GateDeps {
  readonly facts: Facts;
  /** Contacts that a hand-over holds back from the campaign that took over. */
  readonly holds: Pick<HandoverHolds, "heldFrom">;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Throws when this machine's clock cannot be trusted; asked with each batch. */
  readonly requireClock?: (() => void | Promise<void>) | undefined;
  /** Says whether the store is reliable, and signs manifests. */
  readonly audit: Pick<Store["audit"], "requireFits" | "requireNotHeld" | "sign">;
}

/** Receives the results. */
export interface GateSink {
  /** Each verdict with its line of JSON, in the order of the contacts. */
  verdict?(verdict: GateVerdict, json: string): void | Promise<void>;
  /** Each decision with its question and facts, a line of JSON for `replay`. */
  record?(json: string): void | Promise<void>;
  refused?(line: RefusedLine): void | Promise<void>;
  /** Contacts decided so far. */
  progress?(contacts: number): void | Promise<void>;
}

/** The result of a gate. */
export interface GateResult {
  readonly counts: GateCounts;
  readonly manifest: SignedManifest;
}

/**
 * A gate. Every operation that can cause a call asks it first. Throws OperationError `no_company_list`, `clock_off`; StoreError
 * `audit_set_back` on a database that was set back, because it may lack newer opt-outs.
 */
export type Gate = (request: GateRequest, sink?: GateSink) => Promise<GateResult>;

/** Makes a gate on a store's facts. */
export function createGate(deps: GateDeps): Gate {
  return (request, sink = {}) => runGate(deps, request, sink);
}

async function runGate(deps: GateDeps, request: GateRequest, sink: GateSink): Promise<GateResult> {
  const { facts, holds, audit } = deps;
  const { pack } = request;
  // Before the first verdict, since verdicts are passed on as they are made.
  if (request.keep !== false) await audit.requireFits();
  const at = request.at ?? deps.clock.now();
  const usesClock = request.keep !== false && request.at === undefined;
  const [files, list] = await Promise.all([facts.registryFiles(), facts.companyList()]);
  if (list === undefined && request.keep !== false) throw noCompanyList();
  const judge = new Judge(request, at, files, list, await campaignCalls(facts, request, at), sink.record !== undefined);
  const query = { attemptsSince: at - lookBack(pack.pack.rules), files };
  const read = async (batch: Batch) => {
    const numbers = batch.flatMap((one) => ("number" in one ? numbersOf(one) : []));
    const people = batch.flatMap((one) => ("number" in one ? personOf(one) : []));
    const [known, held] = await Promise.all([facts.of(people, query), holds.heldFrom(request.campaign, numbers, at)]);
    return { known, held };
  };

  let decided = 0;
  for await (const {
    batch,
    known: { known, held },
  } of ahead(batches(request.contacts), read)) {
    // The tenant's time is known once it has answered with the first contacts.
    if (usesClock) await deps.requireClock?.();
    for (const one of batch) {
      if ("number" in one) {
        const { verdict, json, records } = judge.contact(one, (number) => known.get(number) ?? NO_FACTS, latestOf(one, held));
        const written = sink.verdict?.(verdict, json);
        if (written !== undefined) await written;
        for (const record of records) await sink.record?.(record);
      } else {
        judge.refused(one);
        await sink.refused?.(one);
      }
    }
    decided += batch.length;
    await sink.progress?.(decided);
  }

  if (request.keep !== false) audit.requireNotHeld();
  const id = newId("gate", deps.clock.now(), deps.random);
  const unresolved = await facts.countUnresolvedOptOuts();
  const manifest = signManifest(judge.manifest(id, deps, unresolved), (text) => audit.sign(text));
  const details = { at: manifest.at, pack: manifest.pack.version, input: manifest.input.hash, ...manifest.counts };
  if (request.keep !== false)
    await facts.addManifest(
      { id, campaign: request.campaign, at, manifest: canonicalJson(manifest) },
      { actor: deps.actor, details },
    );
  return { counts: judge.counts(), manifest };
}

async function campaignCalls(facts: Facts, { pack, campaign }: GateRequest, at: number) {
  const cap = pack.pack.rules.find((rule) => rule.kind === "campaign-day-cap");
  return cap === undefined ? undefined : facts.callsOfDay(campaign, cap.zone, at);
}

type Batch = readonly (GateContact | RefusedLine)[];

async function* batches(contacts: AsyncIterable<GateContact | RefusedLine>): AsyncGenerator<Batch> {
  let batch: (GateContact | RefusedLine)[] = [];
  for await (const contact of contacts) {
    batch.push(contact);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Reads the facts of a batch while the batch before it is being decided. */
async function* ahead<T>(
  source: AsyncIterable<Batch>,
  read: (batch: Batch) => Promise<T>,
): AsyncGenerator<{ batch: Batch; known: T }> {
  let pending: { batch: Batch; known: Promise<T> } | undefined;
  for await (const batch of source) {
    const next = { batch, known: read(batch) };
    // It is awaited in the next iteration; until then a failure must not count as unhandled.
    next.known.catch(() => undefined);
    if (pending !== undefined) yield { batch: pending.batch, known: await pending.known };
    pending = next;
  }
  if (pending !== undefined) yield { batch: pending.batch, known: await pending.known };
}

/** Until when one of a contact's numbers is held back. */
function latestOf(contact: GateContact, held: ReadonlyMap<PhoneKey, number>): number | undefined {
  const until = numbersOf(contact).flatMap((number) => held.get(number) ?? []);
  return until.length === 0 ? undefined : Math.max(...until);
}

/** Without the company's own list it is not known who asked not to be called. */
function noCompanyList(): OperationError {
  return new OperationError("no_company_list", NO_COMPANY_LIST, { advice: BRING_COMPANY_LIST });
}

/** Why a gate refuses everybody, and what to do. */
export const NO_COMPANY_LIST =
  "the company's do-not-call list was neither loaded nor declared empty: nobody may be dialed from this store";
/** Advice where the company's do-not-call list is missing. */
export const BRING_COMPANY_LIST =
  "Load it: outdial dnc import FILE. If the company has none: outdial dnc declare-empty --name YOUR-NAME --reason WHY.";
