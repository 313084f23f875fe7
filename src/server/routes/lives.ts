// What is kept, and for how long.

import { z } from "zod";
import { numberOf } from "../../operations/index.ts";
import type { LifeStanding, PersonPlace } from "../../store/index.ts";
import { phoneText } from "../routing/query.ts";
import { route } from "../routing/route.ts";

/** What the routes use. */
export interface LivesPort {
  list(): Promise<readonly LifeStanding[]>;
  find(number: ReturnType<typeof numberOf>): Promise<readonly PersonPlace[]>;
}

const life = z.object({
  name: z.string().describe("A table of the database, or a folder or files of the working folder"),
  kind: z.enum(["table", "folder", "file"]),
  holds: z.string(),
  kept: z.string().describe("How long, in words"),
  days: z.number().nullable().describe("null: not for a time, but as long as something else, or for good"),
  by: z.string().describe("What removes it"),
  changed: z.string().describe("Who may change that: a setting of outdial.yaml with what is allowed, or nobody"),
  removed: z.number().int().nullable().describe("Rows so far; null: none"),
  removedAt: z.iso.datetime().nullable(),
});

const place = life.pick({ name: true, kind: true, holds: true, kept: true, by: true }).extend({
  rows: z.number().int().describe("Rows of a table or of the lake, or files, that have the number in some form"),
  calls: z.number().int().describe("Further ones that have the id of a call to or from the number, and not the number"),
});

export function livesRoutes(port: () => LivesPort) {
  return [
    route({
      id: "lives.list",
      method: "get",
      path: "/lives",
      summary:
        "What is kept: each table, folder and file, how long, what removes it, who may change that, and what was removed so far",
      role: "viewer",
      reply: z.object({ items: z.array(life) }),
      async handle() {
        const items = await port().list();
        return {
          items: items.map(({ removedAt, ...rest }) => ({
            ...rest,
            removedAt: removedAt === null ? null : new Date(removedAt).toISOString(),
          })),
        };
      },
    }),
    route({
      id: "data.find",
      method: "post",
      path: "/data/find",
      question: true,
      personal: true,
      summary:
        "Every place that keeps a person, by the telephone number in whatever form: tables, the workflow engine's, the lake, files; how much, how long, and why",
      description:
        "Everything that is kept is read once, in parts beside all other work. The answer has no number. That somebody looked is an entry of the audit log, without the number: a look does not leave the person behind.",
      role: "operator",
      // Not called `number`: the audit entry of a request names that.
      body: z.strictObject({ person: phoneText }),
      reply: z.object({ items: z.array(place) }),
      handle: async ({ body }) => ({ items: [...(await port().find(numberOf(body.person)))] }),
    }),
  ];
}
