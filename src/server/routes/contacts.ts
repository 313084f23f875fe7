// Contact lists of the tenant: which contacts may be called.

import { z } from "zod";
import { CALL_TYPES } from "../../compliance/index.ts";
import { type Contact, type ContactUseCases, parseContactQuery, type SegmentSink } from "../../operations/index.ts";
import { masked, segmentLine } from "../../operations/views/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { instant } from "../routing/query.ts";
import { streamRoute } from "../routing/route.ts";

const query = z.string().max(2000);
/** Contacts between two lines of progress. */
const PROGRESS = 100;

export function contactRoutes(contacts: () => ContactUseCases) {
  return [
    streamRoute({
      id: "contacts.segment",
      method: "post",
      path: "/contacts/{list}/segment",
      personal: true,
      summary: "Who of a contact list may be called: a contact a line as NDJSON, counts and the signed manifest in the last one",
      description:
        "Lines are `{contact}`, with `verdicts` also `{verdict}`, and `{refused}` for entries that cannot be called for want of form; the last one is `{segment}`. Without that line nothing of it may be dialed. Numbers are masked, names and attributes left out, unless revealed.",
      role: "operator",
      params: z.strictObject({ list: z.string().min(1).max(200) }),
      body: z.strictObject({
        query: query.default("true").describe("Sent to the tenant and judged here: attribute.path==value or !=, joined by &&"),
        where: z.array(query).max(20).default([]).describe("Judged here only"),
        campaign: z.string().trim().min(1).max(200).optional().describe("Whose own rules and caps count"),
        callType: z.enum(CALL_TYPES).default("telemarketing"),
        at: instant.optional(),
        verdicts: z.boolean().default(false).describe("Sends the verdict of every contact, those who may not be called included"),
        progress: z.boolean().default(false).describe("Also sends `{query}` with each query to the tenant, and `{progress}`"),
        reveal: z.boolean().default(false),
      }),
      line: segmentLine,
      contentType: "application/x-ndjson",
      async handle({ params, body, who, signal }) {
        const shown = mayReveal(body.reveal, who);
        const asked = {
          listId: params.list,
          query: parseContactQuery(body.query, "body.query"),
          where: body.where.map((text, i) => parseContactQuery(text, `body.where.${i}`)),
          campaign: body.campaign,
          callType: body.callType,
          at: body.at,
        };
        const waiting: object[] = [];
        const texts = await linesFrom(async (write) => {
          const told = async () => {
            for (const line of waiting.splice(0)) await write(line);
          };
          const sink: SegmentSink = {
            async contact(contact, verdict) {
              await told();
              const number = shown ? verdict.number : masked(verdict.number);
              if (body.verdicts) await write({ verdict: { ...verdict, number } });
              if (verdict.verdict === "dial") await write({ contact: shownOf(contact, number, shown) });
            },
            query: (text) => void (body.progress && waiting.push({ query: text })),
            async progress(read, announced) {
              await told();
              if (body.progress && read % PROGRESS === 0) await write({ progress: { read, announced: announced ?? null } });
            },
            refused: ({ line, field, reason }) => void waiting.push({ refused: { line, field: field ?? null, reason } }),
          };
          const segment = await contacts().segment(asked, sink, { by: who.name, signal });
          await told();
          await write({ segment });
        });
        return { texts };
      },
    }),
  ];
}

/** The number as it was judged; of the other fields only those that do not identify a person, unless they were requested. */
function shownOf(contact: Contact, phoneNumber: string, revealed: boolean): object {
  if (revealed) return { ...contact, phoneNumber };
  const { id, timeZone, postalCode, state } = contact;
  return { id, phoneNumber, timeZone, postalCode, state };
}
