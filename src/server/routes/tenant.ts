// What the tenant can do, found out on request, and its own do-not-call groups and callbacks.

import { z } from "zod";
import type { CallUseCases, KnownAnswers, TenantCallbacks, TenantDnc } from "../../operations/index.ts";
import {
  callOfNumber,
  dncDifference,
  dncPush,
  missingList,
  recordingLink,
  saidGone,
  scheduledCallbacksView,
  type TenantProbe,
  type TenantRead,
  type TenantReads,
  type TenantSmoke,
  tenantProbe,
  tenantRead,
  tenantReads,
  tenantSmoke,
} from "../../operations/views/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { flag } from "../routing/query.ts";
import { route } from "../routing/route.ts";

export interface TenantPort {
  readonly look: {
    /** Differences from the contract. @param options.writes creates objects with a prefix, and removes them */
    smoke(options: { readonly writes: boolean; readonly signal: AbortSignal }): Promise<TenantSmoke>;
    /** Uses reads only; never writes. Throws TenantError when it is aborted. */
    probe(signal: AbortSignal): Promise<TenantProbe>;
    reads(): Promise<TenantReads["operations"]>;
    /** Throws TenantError. */
    read(operation: string, parameters: readonly string[], body: unknown, signal: AbortSignal): Promise<TenantRead>;
    readonly profile: string;
  };
  readonly doNotCall: TenantDnc;
  readonly callbacks: TenantCallbacks;
  readonly calls: CallUseCases;
  readonly known: KnownAnswers;
}

/** Most numbers of one push: each is searched for while the client waits. */
const AT_ONCE = 200;
const MOST_AT_ONCE = 4500;

const id = z.string().min(1).max(200);
const byId = z.strictObject({ id });

export function tenantRoutes(tenant: () => TenantPort) {
  return [
    route({
      id: "tenant.probe",
      method: "post",
      path: "/tenant/probe",
      question: true,
      summary: "What the tenant can do, found out by reads alone: yes, no with the alternative, not permitted, or unknown",
      role: "operator",
      reply: tenantProbe,
      handle: ({ signal }) => tenant().look.probe(signal),
    }),
    route({
      id: "tenant.smoke",
      method: "post",
      path: "/tenant/smoke",
      summary: "Calls every read of the tenant's interface, and says what differs from the contract",
      role: "admin",
      body: z
        .strictObject({
          writes: z
            .boolean()
            .default(false)
            .describe("Also makes objects whose names begin with outdial-smoke-, and removes them"),
        })
        .prefault({}),
      reply: tenantSmoke,
      handle: ({ body, signal }) => tenant().look.smoke({ ...body, signal }),
    }),
    route({
      id: "tenant.reads",
      method: "get",
      path: "/tenant/reads",
      summary: "The read operations of the tenant's interface, with their parameters",
      role: "viewer",
      reply: tenantReads,
      async handle() {
        const { look } = tenant();
        return { profile: look.profile, operations: await look.reads() };
      },
    }),
    route({
      id: "tenant.read",
      method: "post",
      path: "/tenant/reads/{operation}",
      question: true,
      personal: true,
      summary: "One read of the tenant's interface, and its answer as it is, without what may be a secret",
      description: "What changes something is refused.",
      role: "admin",
      params: z.strictObject({ operation: id }),
      body: z
        .strictObject({
          parameters: z.array(z.string().max(2000)).max(50).default([]).describe("Of path and query, each as NAME=VALUE"),
          body: z.unknown().optional().describe("For the few reads that have one"),
        })
        .prefault({}),
      reply: tenantRead,
      handle: ({ params, body, signal }) => tenant().look.read(params.operation, body.parameters, body.body, signal),
    }),
    route({
      id: "tenant.missing",
      method: "get",
      path: "/tenant/missing",
      summary: "What is known and the tenant's last answer lacks: campaigns, and contact lists that shrank to less than half",
      role: "viewer",
      reply: missingList,
      handle: () => tenant().known.list(),
    }),
    route({
      id: "tenant.gone",
      method: "post",
      path: "/tenant/gone",
      summary:
        "A person's word that campaigns are really gone, or that contact lists really have as few contacts as the tenant says",
      description: "Until then plans are refused, and no campaign is started on such a list. Nothing is sent to the tenant.",
      role: "operator",
      body: z.strictObject({
        ids: z.array(id).min(1).max(1000).describe("As tenant.missing names them"),
        reason: z.string().trim().min(3).max(500).describe("How it is known; for the audit"),
      }),
      reply: saidGone,
      handle: ({ body, who }) => tenant().known.gone(body.ids, who.name, body.reason),
    }),
    route({
      id: "calls.ofNumber",
      method: "post",
      path: "/calls/of-number",
      question: true,
      personal: true,
      summary: "The latest calls that are known of a number",
      role: "operator",
      body: z.strictObject({ number: z.string().min(1).max(200) }),
      reply: z.strictObject({ items: z.array(callOfNumber) }),
      handle: async ({ body }) => ({ items: [...(await tenant().calls.ofNumber(body.number))] }),
    }),
    route({
      id: "calls.show",
      method: "get",
      path: "/calls/{id}/state",
      personal: true,
      summary: "A call as the tenant has it now: status, campaign and disposition",
      role: "viewer",
      params: byId,
      reply: z.record(z.string(), z.unknown()).describe("With the tenant's own names"),
      handle: ({ params, signal }) => tenant().calls.show(params.id, { signal }),
    }),
    route({
      id: "calls.recordings",
      method: "post",
      path: "/calls/{id}/recordings",
      summary: "Where the recordings of a call are played; that somebody looked is an entry of the audit",
      role: "operator",
      params: byId,
      reply: z.strictObject({ items: z.array(recordingLink) }),
      handle: async ({ params, who, signal }) => ({
        items: [...(await tenant().calls.recordings(params.id, who.name, { signal }))],
      }),
    }),
    route({
      id: "doNotCall.compare",
      method: "post",
      path: "/campaigns/id/{id}/do-not-call/compare",
      question: true,
      summary: "The company's do-not-call list against the tenant's groups that a campaign obeys; asks the tenant",
      role: "operator",
      params: byId,
      reply: dncDifference,
      handle: ({ params, signal }) => tenant().doNotCall.difference(params.id, { signal }),
    }),
    route({
      id: "doNotCall.push",
      method: "post",
      path: "/campaigns/id/{id}/do-not-call/push",
      summary: "Adds missing numbers to a do-not-call group of the tenant, and proves each by the tenant's own search",
      description: "Nothing is taken off a group. Repeat it until `left` is 0: what is there is not added again.",
      role: "operator",
      params: byId,
      body: z
        .strictObject({
          group: id.optional().describe("One of the groups that the campaign obeys; may be left out where there is one"),
          most: z.int().min(1).max(MOST_AT_ONCE).default(AT_ONCE).describe("Numbers that are brought over this time"),
        })
        .prefault({}),
      reply: dncPush,
      handle: ({ params, body, who, signal }) => tenant().doNotCall.push(params.id, { ...body, by: who.name, signal }),
    }),
    route({
      id: "callbacks.list",
      method: "get",
      path: "/campaigns/id/{id}/callbacks",
      summary: "Callbacks that the tenant will place by itself when they are due; asks the tenant",
      description:
        "Numbers are masked, names and notes left out; reveal=true shows them to operators and is itself in the audit.",
      role: "viewer",
      personal: "revealed",
      params: byId,
      query: z.strictObject({ reveal: flag }),
      reply: scheduledCallbacksView,
      handle: ({ params, query, who, signal }) =>
        tenant().callbacks.views(params.id, { reveal: mayReveal(query.reveal, who), signal }),
    }),
    route({
      id: "callbacks.delete",
      method: "post",
      path: "/callbacks/{id}/delete",
      summary: "Deletes a callback, so that the tenant does not place it; the reason goes to the tenant and into the audit",
      role: "operator",
      params: byId,
      body: z.strictObject({ reason: z.string().trim().min(3).max(500) }),
      reply: z.strictObject({ id: z.string(), already: z.boolean().describe("It was gone before") }),
      handle: ({ params, body, who, signal }) => tenant().callbacks.remove(params.id, { why: body.reason, by: who.name, signal }),
    }),
  ];
}
