// What a service has kept, from afar: its audit log, deliveries of events, interactions of its tenant, what happened to failover pairs.

import { z } from "zod";
import {
  type AttentionList,
  type AuditEntry,
  type AuditVerdict,
  attentionList,
  auditEntry,
  auditProof,
  auditVerdict,
  type Delivery,
  type DeliveryDetail,
  delivery,
  deliveryDetail,
  type EndpointView,
  endpointView,
  type FailoverHappeningView,
  failoverHappening,
  type InteractionView,
  interactionView,
  type Me,
  type MissingThing,
  me,
  missingThing,
  type replayRequest,
  replayResult,
  type SaidGone,
  saidGone,
  switchResult,
} from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { type Asked, ServiceClient } from "./client.ts";

/** The whole log is read. */
const VERIFY_MS = 30 * 60_000;
const heldNumber = z.strictObject({ number: z.string(), until: z.string() });

type Filters = Readonly<Record<string, string | number | undefined>>;

/** The records of a service. Methods throw OutdialError with the service's code. */
export class ServiceRecords {
  readonly #client: ServiceClient;
  readonly #signal: AbortSignal;

  constructor(address: ServiceAddress, signal: AbortSignal) {
    this.#client = new ServiceClient(address);
    this.#signal = signal;
  }

  /** Oldest first, telephone numbers masked. @param after only entries after this number */
  audit({ after, ...rest }: Filters & { readonly limit: number; readonly after?: number | undefined }): Promise<AuditEntry[]> {
    return this.#list(auditEntry, "/audit", { order: "oldest", ...rest }, after);
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.#ask(auditVerdict, "/audit/verify", { method: "POST", body: {}, withinMs: VERIFY_MS });
  }

  proof(seq: number): Promise<z.output<typeof auditProof>> {
    return this.#ask(auditProof, `/audit/${seq}/proof`);
  }

  /** Newest first. */
  deliveries(query: Filters & { readonly limit: number }): Promise<Delivery[]> {
    return this.#list(delivery, "/deliveries", query);
  }

  delivery(id: number): Promise<DeliveryDetail> {
    return this.#ask(deliveryDetail, `/deliveries/${id}`);
  }

  receivers(): Promise<readonly EndpointView[]> {
    return this.#client.list(endpointView, "/deliveries/endpoints", { signal: this.#signal });
  }

  /** @returns whether this changed it */
  async turn(receiver: string, verb: "enable" | "disable" | "forget"): Promise<boolean> {
    const path = `/deliveries/endpoints/${encodeURIComponent(receiver)}/${verb}`;
    return (await this.#ask(switchResult, path, { method: "POST", body: {} })).changed;
  }

  /** Queues dead letters again. @returns how many */
  async replay(body: z.input<typeof replayRequest>): Promise<number> {
    return (await this.#ask(replayResult, "/deliveries/replay", { method: "POST", body })).queued;
  }

  /** Whose campaigns the service works with; null where none is configured. */
  async tenant(): Promise<Me["service"]["tenant"]> {
    return (await this.#ask(me, "/me")).service.tenant;
  }

  /** What needs a person, and how much is known. */
  attention(): Promise<AttentionList> {
    return this.#ask(attentionList, "/attention");
  }

  /** What is known and the tenant's last answer lacks. */
  missing(): Promise<MissingThing[]> {
    return this.#client.list(missingThing, "/tenant/missing", { signal: this.#signal });
  }

  /** Says that campaigns are gone, or that lists have as few contacts as the tenant says. */
  gone(ids: readonly string[], reason: string): Promise<SaidGone> {
    return this.#ask(saidGone, "/tenant/gone", { method: "POST", body: { ids, reason } });
  }

  interaction(id: string): Promise<InteractionView> {
    return this.#ask(interactionView, `/interactions/id/${encodeURIComponent(id)}`);
  }

  /** What happened to a pair, newest first. */
  happenings(campaign: string, limit: number): Promise<FailoverHappeningView[]> {
    return this.#list(failoverHappening, `/campaigns/id/${encodeURIComponent(campaign)}/failover/history`, { limit });
  }

  /** Contacts that a campaign must not call yet, with their numbers. */
  holds(campaign: string): AsyncIterable<z.output<typeof heldNumber>> {
    const asked = { query: { reveal: true }, signal: this.#signal };
    return this.#client.lines(heldNumber, `/campaigns/id/${encodeURIComponent(campaign)}/failover/holds`, asked);
  }

  #ask<Schema extends z.ZodType>(schema: Schema, path: string, asked: Asked = {}): Promise<z.output<Schema>> {
    return this.#client.json(schema, path, { ...asked, signal: this.#signal });
  }

  #list<Item extends z.ZodType>(
    item: Item,
    path: string,
    { limit: most, ...query }: Filters & { readonly limit: number },
    after?: number,
  ): Promise<z.output<Item>[]> {
    const behind = after === undefined ? undefined : String(after);
    return this.#client.list(item, path, { query, most, after: behind, signal: this.#signal });
  }
}
