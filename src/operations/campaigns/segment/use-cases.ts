// What can be done with the tenant's contact lists: find out who on them may be called.

import { type CallType, type CompiledPack, campaignOverlay, mergePacks, type RulePack } from "../../../compliance/index.ts";
import type { AuditInput, Store } from "../../../store/index.ts";
import { type CallOptions, type ContactSource, requireSupported } from "../../../tenant/port.ts";
import {
  type ComplianceRules,
  compileRulePack,
  createGate,
  type Gate,
  type GateManifest,
  type GateVerdict,
  lookBack,
  type RefusedLine,
  requireClock,
} from "../../compliance/index.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { countContacts } from "../../known/index.ts";
import { campaignFacts } from "../state/campaign-facts.ts";
import { ALL, type Contact, type ListEntry, ListReader, type ListReading } from "./list-reader.ts";
import type { ContactQuery } from "./query.ts";

/** What use cases of contact lists need. */
type ContactContext = Pick<Context, "tenant" | "store" | "clock" | "random">;

/** Finds out who on the tenant's contact lists may be called. Errors: OperationError, TenantError, ComplianceError. */
export class ContactUseCases {
  readonly #context: ContactContext;
  readonly #rules: Pick<ComplianceRules, "rules">;

  constructor(context: ContactContext, rules: Pick<ComplianceRules, "rules">) {
    this.#context = context;
    this.#rules = rules;
  }

  /**
   * Reads a list to its end and passes it through the gate: by the rules in force here, and the campaign's own when one is named.
   * The manifest is stored and the audit log has the queries. Throws TenantError, StoreError; OperationError `invalid_input` for
   * rules of the campaign that cannot be used.
   */
  async segment(
    request: Omit<SegmentRequest, "pack">,
    sink: SegmentSink,
    { by, ...options }: CallOptions & { readonly by: string },
  ): Promise<SegmentReport> {
    const { store, clock, random, tenant } = this.#context;
    const { facts, holds, audit } = store;
    const { contactSource: source } = tenant.capabilities;
    const { compiled, pack: base } = await this.#rules.rules();
    const { campaign } = request;
    const pack = campaign === undefined ? compiled : compileRulePack(await this.#campaignRules(base, campaign, options));
    const gate = createGate({ facts, holds, audit, clock, random, actor: by, requireClock: () => requireClock(tenant) });
    const deps = {
      source,
      store,
      gate,
      record: (entry: Parameters<typeof audit.append>[0][number]) => audit.append([entry]),
      actor: by,
      now: () => clock.now(),
    };
    return readSegment(deps, { ...request, pack }, sink, options);
  }

  /** Adds the rules that a campaign has at the tenant to a pack. */
  async #campaignRules(pack: RulePack, id: string, options: CallOptions): Promise<RulePack> {
    const { campaignRunner } = this.#context.tenant.capabilities;
    const { policy, policyProblem } = campaignFacts(id, await campaignRunner.status(id, options));
    if (policyProblem !== undefined)
      throw new OperationError(
        "invalid_input",
        `the rules that campaign ${id} has at the tenant cannot be used: ${policyProblem}`,
      );
    return policy === undefined ? pack : mergePacks(pack, campaignOverlay(id, policy));
  }
}

// A consent segment: reads a contact list to its end, checks it again, passes it through the gate, and returns it contact by
// contact in constant memory.

/** What reading a segment needs. */
interface SegmentDeps {
  readonly source: ContactSource;
  readonly store: Pick<Store, "knownCounts">;
  readonly gate: Gate;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** The requested segment. */
interface SegmentRequest {
  readonly listId: string;
  readonly query: ContactQuery;
  /** Evaluated by outdial only. */
  readonly where: readonly ContactQuery[];
  /** The campaign of the segment, which caps count for; the list's id when absent. */
  readonly campaign?: string | undefined;
  readonly callType: CallType;
  readonly pack: CompiledPack;
  /** The moment, ms since the epoch; now when absent. */
  readonly at?: number | undefined;
}

/** Receives the contacts. */
export interface SegmentSink {
  /**
   * Called with each contact of the segment and its verdict, in the order of the list; `json` is the verdict as the manifest
   * hashes it.
   */
  contact?(contact: Contact, verdict: GateVerdict, json: string): void | Promise<void>;
  /** Called for an entry that cannot be called because it does not have the vendor's form; `line` is its place in the list. */
  refused?(line: RefusedLine): void;
  /** Called with a query before it is sent. */
  query?(text: string): void;
  progress?(read: number, announced: number | undefined): void | Promise<void>;
}

/** The result of a segment. */
export interface SegmentReport extends ListReading {
  readonly listId: string;
  readonly manifest: GateManifest & { readonly signature: string };
  /** The list changed while it was read: entries may be missing or were read twice (each number is decided once). */
  readonly changed: boolean;
  /** A sentence when the list has far fewer contacts than it had, and no person has said that this is right; null otherwise. */
  readonly shorter: string | null;
}

/**
 * Reads and judges a segment. Nothing of it may be dialed unless this resolves: then its signed manifest is stored and the audit
 * log has the queries as they were sent. Throws TenantError (`not_found`, `paging_loop` …), StoreError.
 */
export async function readSegment(
  deps: SegmentDeps,
  request: SegmentRequest,
  sink: SegmentSink = {},
  options: CallOptions = {},
): Promise<SegmentReport> {
  requireSupported("read contact lists", deps.source.capability);
  const { listId, query, where, campaign = listId, callType, pack, at } = request;
  const callsSince = (at ?? deps.now()) - lookBack(pack.pack.rules);
  const began = deps.now();
  const reader = new ListReader(
    deps.source,
    { listId, query, where, callsSince, onQuery: (text) => sink.query?.(text) },
    options,
  );
  // Verdicts come in the order of the contacts, one or two batches later.
  const waiting: Contact[] = [];
  let taken = 0;
  const { manifest } = await deps.gate(
    { campaign, callType, pack, at, contacts: contactsOf(reader, waiting, sink) },
    {
      verdict: (verdict, json) => {
        const contact = waiting[taken];
        taken += 1;
        if (taken === waiting.length || taken === 4096) {
          waiting.splice(0, taken);
          taken = 0;
        }
        return contact === undefined ? undefined : sink.contact?.(contact, verdict, json);
      },
      refused: (line) => sink.refused?.(line),
    },
  );
  const { reading } = reader;
  const { sent, read, announced, filtered, unknownAttributes } = reading;
  const { input, counts } = manifest;
  // Of a part of the list the tenant says how many there are of this part.
  const isWhole = deps.source.unfiltered === true || sent.at(-1) === ALL;
  const whole = isWhole ? { announced, read } : { announced: await announcedOf(deps.source, listId, options) };
  const counted = { listId, at: began, campaignId: request.campaign, ...whole };
  const shorter = (await countContacts(deps, counted, options)) ?? null;
  await deps.record({
    actor: deps.actor,
    action: "contacts.segment",
    subject: listId,
    details: {
      campaign,
      queries: sent,
      where: where.map(({ text }) => text),
      read,
      filtered,
      unknownAttributes: unknownAttributes.map(({ path }) => path),
      contacts: input.contacts,
      ...(shorter === null ? {} : { shorter }),
      counts,
      manifest: manifest.id,
    },
  });
  return { ...reading, listId, manifest, changed: announced !== undefined && announced !== read, shorter };
}

/** How many contacts the tenant says are on the whole list. */
async function announcedOf(source: ContactSource, listId: string, options: CallOptions): Promise<number | undefined> {
  for await (const { reply } of source.contacts(listId, { query: ALL, pageSize: 1 }, options).pages())
    return typeof reply.total === "number" ? reply.total : undefined;
  return undefined;
}

async function* contactsOf(reader: ListReader, waiting: Contact[], sink: SegmentSink) {
  for await (const entry of reader) {
    await sink.progress?.(reader.progress.read, reader.progress.announced);
    yield gateEntry(entry, waiting);
  }
}

function gateEntry(entry: ListEntry, waiting: Contact[]) {
  if ("refused" in entry) return entry.refused;
  waiting.push(entry.contact);
  return entry.gate;
}
