// Tables as downloads for people.

import { z } from "zod";
import { type Clock, isTimeZone } from "../../kernel/index.ts";
import { MOST_PDF_ROWS, OperationError, tablePdfOf } from "../../operations/index.ts";
import { timeText } from "../../operations/views/index.ts";
import { rawRoute } from "../routing/route.ts";

export function tableRoutes({ clock }: { readonly clock: Clock }) {
  return [
    rawRoute({
      id: "tables.pdf",
      method: "post",
      path: "/tables/pdf",
      question: true,
      summary: "A table that was read before as a PDF: the CSV of its rows, with a head",
      description: `Nothing is read for it: the body is the table. The first ${MOST_PDF_ROWS} rows are drawn. Characters that the fonts of every PDF lack are told by their codes.`,
      role: "viewer",
      upload: ["text/csv"],
      query: z.strictObject({
        title: z.string().trim().min(1).max(200),
        period: z.string().max(200).optional().describe("In words, such as the two times"),
        filters: z.string().max(1000).optional().describe("In words: what was searched and chosen"),
        zone: z.string().max(64).refine(isTimeZone, "no IANA time zone").default("UTC"),
        rows: z.coerce
          .number()
          .int()
          .min(0)
          .max(10_000_000)
          .optional()
          .describe("How many rows there are, when the CSV has only the first of them"),
      }),
      replyType: "application/pdf",
      reply: z.string().describe("The PDF"),
      async handle({ query: { rows, ...head }, upload, who }) {
        if (upload === undefined) throw new OperationError("invalid_input", "the body must be the table as CSV");
        const made = { ...head, madeAt: timeText(clock.now()), madeBy: who.name };
        const pdf = await tablePdfOf(made, upload.bytes(), rows);
        const headers = {
          "content-type": "application/pdf",
          "content-disposition": 'attachment; filename="table.pdf"',
          "cache-control": "no-store",
        };
        return new Response(Uint8Array.from(pdf), { headers });
      },
    }),
  ];
}
