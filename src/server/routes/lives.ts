// What is kept, and for how long.

import { z } from "zod";
import type { LifeStanding } from "../../store/index.ts";
import { route } from "../routing/route.ts";

/** What the routes use. */
export interface LivesPort {
  list(): Promise<readonly LifeStanding[]>;
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
  ];
}
