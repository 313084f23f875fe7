// The audit log: search, verify, proofs.

import { z } from "zod";
import { auditEntry, auditProof, auditVerdict, maskedText, pageOf } from "../../operations/views/index.ts";
import type { AuditEntry, AuditLog } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { cursor, flag, instant, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { route } from "../routing/route.ts";

/** What the routes act on. */
export type AuditPort = Pick<AuditLog, "list" | "verify" | "proof">;

export function auditRoutes(port: () => AuditPort) {
  return [
    route({
      id: "audit.list",
      method: "get",
      path: "/audit",
      summary: "Entries of the audit log, newest first unless said otherwise",
      description: "Telephone numbers are masked; reveal=true shows them to operators and is itself in the audit.",
      role: "viewer",
      personal: "revealed",
      query: z.strictObject({
        limit,
        cursor,
        actor: z.string().optional(),
        action: z.string().optional(),
        subject: z.string().optional(),
        job: z.string().optional(),
        result: z.string().optional(),
        from: instant.optional(),
        to: instant.optional(),
        order: z.enum(["newest", "oldest"]).default("newest"),
        reveal: flag,
      }),
      reply: pageOf(auditEntry),
      async handle({ query, who }) {
        const { limit: size, cursor: after, order, reveal, ...wanted } = query;
        const shown = mayReveal(reveal, who);
        const entries = await port().list({
          ...wanted,
          limit: size + 1,
          after: numberCursor(after),
          newestFirst: order === "newest",
        });
        return pageOfItems(
          entries,
          size,
          ({ seq }) => String(seq),
          (entry) => (shown ? { ...entry } : hidden(entry)),
        );
      },
    }),
    route({
      id: "audit.verify",
      method: "post",
      path: "/audit/verify",
      question: true,
      summary:
        "Recompute the whole log, check every hash, seal and signed checkpoint, and compare it with its heads outside the store",
      role: "viewer",
      reply: auditVerdict,
      handle: async () => {
        const verdict = await port().verify();
        return verdict.ok
          ? {
              ok: true as const,
              size: verdict.size,
              checkpoints: verdict.checkpoints,
              verified: verdict.verified,
              heads: verdict.heads.map(({ place, outside, state, message }) => ({ place, outside, state, message })),
            }
          : { ok: false as const, message: verdict.message };
      },
    }),
    route({
      id: "audit.proof",
      method: "get",
      path: "/audit/{seq}/proof",
      summary: "The proof that an entry is in the log; outdial audit verify-proof checks it offline",
      description: "The proof holds the entry as it is: what it says of a person is not masked, or it would prove nothing.",
      role: "operator",
      personal: true,
      params: z.strictObject({ seq: z.coerce.number().int().min(0) }),
      reply: auditProof,
      handle: async ({ params }) => ({ ...(await port().proof(params.seq)) }),
    }),
  ];
}

/** An entry whose telephone numbers cannot be read. */
function hidden(entry: AuditEntry): AuditEntry {
  return { ...entry, subject: maskedText(entry.subject), details: maskedMembers(entry.details) };
}

function maskedMembers(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, maskedValue(value)]));
}

function maskedValue(value: unknown): unknown {
  if (typeof value === "string") return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedValue);
  if (typeof value === "object" && value !== null) return maskedMembers({ ...value });
  return value;
}
