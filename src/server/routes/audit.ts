// The audit log: search, verify, proofs.

import { z } from "zod";
import { type AuditUseCases, numberOf } from "../../operations/index.ts";
import { auditEntry, auditProof, auditVerdict, maskedText, maskedValue, pageOf } from "../../operations/views/index.ts";
import type { AuditEntry } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { textsFrom } from "../routing/ndjson.ts";
import { cursor, flag, instant, limit, NO_NUL, numberCursor, pageOfItems, phoneText } from "../routing/query.ts";
import { rawRoute, route, streamRoute } from "../routing/route.ts";

/** The subject of a pack: a number, a campaign, or a period. */
const packAsked = z.strictObject({
  number: phoneText.optional(),
  campaign: z.string().min(1).max(200).optional(),
  from: instant.optional(),
  to: instant.optional().describe("Of a period; exclusive"),
});

function askedOf({ number, ...rest }: z.output<typeof packAsked>) {
  return number === undefined ? rest : { ...rest, number: numberOf(number) };
}

export function auditRoutes(port: () => AuditUseCases) {
  return [
    route({
      id: "audit.list",
      method: "get",
      path: "/audit",
      summary: "Entries of the audit log, newest first unless said otherwise",
      description:
        "Telephone numbers are masked; reveal=true shows them to operators and is itself in the audit. A viewer's text has no digits: they would tell which numbers there are.",
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
        text: z.string().min(1).max(200).regex(NO_NUL).optional().describe("Stands in actor, action, subject or details"),
        from: instant.optional(),
        to: instant.optional(),
        order: z.enum(["newest", "oldest"]).default("newest"),
        reveal: flag,
      }),
      reply: pageOf(auditEntry),
      async handle({ query, who }) {
        const { limit: size, cursor: after, order, reveal, ...wanted } = query;
        const shown = mayReveal(reveal, who);
        if (wanted.text !== undefined && /\p{Nd}/u.test(wanted.text) && who.role === "viewer")
          throw new ServerError(
            "not_permitted",
            "only operators may search for text with digits, because the result could reveal telephone numbers",
            {
              advice: "Search for words, or for the whole subject.",
            },
          );
        const asked = { ...wanted, after: numberCursor(after), newestFirst: order === "newest" };
        const read = async (most: number) =>
          (await port().list({ ...asked, limit: most })).map((entry) => (shown ? entry : hidden(entry)));
        return pageOfItems(size, read, "seq");
      },
    }),
    route({
      id: "audit.verify",
      method: "post",
      path: "/audit/verify",
      question: true,
      summary: "Recompute the log, check every hash, seal and signed checkpoint, and compare it with its heads outside the store",
      description: "When nothing is wrong, an entry of the log says so, behind which a later verification can go on (new=true).",
      role: "viewer",
      query: z.strictObject({
        new: flag.describe("true: read only entries that no earlier verification has read; earlier says which were not read"),
      }),
      reply: auditVerdict,
      handle: async ({ query, who }) => {
        const verdict = await port().verify({ resumes: query.new, by: who.name });
        return verdict.ok ? { ...verdict, heads: [...verdict.heads] } : verdict;
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
    streamRoute({
      id: "audit.pack",
      method: "post",
      path: "/audit/pack",
      question: true,
      personal: true,
      summary: "Everything about a number, a campaign or a period with its proofs, as one signed file of JSON lines",
      description:
        "outdial audit verify-pack checks it offline. Nothing in it is masked, or it would prove nothing. That it was made, by whom, is an entry of the audit.",
      role: "operator",
      body: packAsked,
      contentType: "application/x-ndjson",
      async handle({ body, who }) {
        const asked = askedOf(body);
        const texts = await textsFrom(async (push) => void (await port().pack(asked, who.name, push)));
        return { fileName: "evidence.ndjson", texts };
      },
    }),
    rawRoute({
      id: "audit.packPdf",
      method: "post",
      path: "/audit/pack.pdf",
      question: true,
      personal: true,
      summary: "The same for people: a signed PDF with the pack attached; of packs up to 16 MiB",
      role: "operator",
      body: packAsked,
      reply: z.string().describe("The PDF"),
      replyType: "application/pdf",
      async handle({ body, who }) {
        const pdf = await port().packPdf(askedOf(body), who.name);
        const headers = {
          "content-type": "application/pdf",
          "content-disposition": 'attachment; filename="evidence.pdf"',
          "cache-control": "no-store",
        };
        return new Response(Uint8Array.from(pdf), { headers });
      },
    }),
  ];
}

/** An entry with its telephone numbers masked. */
function hidden(entry: AuditEntry): AuditEntry {
  return { ...entry, subject: maskedText(entry.subject), details: maskedDetails(entry.details) };
}

function maskedDetails(details: AuditEntry["details"]): AuditEntry["details"] {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, maskedValue(value)]));
}
