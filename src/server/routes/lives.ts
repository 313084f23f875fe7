// What is kept, for how long, where a person is, and erasing one.

import { z } from "zod";
import { numberOf } from "../../operations/index.ts";
import {
  confirmation,
  confirmOf,
  erasePreview,
  maskedText,
  type Planned,
  personPlace,
  previewed,
} from "../../operations/views/index.ts";
import type { Erasure, LifeStanding, PersonPlace } from "../../store/index.ts";
import { phoneText, words } from "../routing/query.ts";
import { dangerousRoute, route } from "../routing/route.ts";

type PhoneNumber = ReturnType<typeof numberOf>;
interface ErasurePlan {
  readonly number: PhoneNumber;
  readonly reason: string;
  readonly places: readonly PersonPlace[];
}

/** What the routes use. */
export interface LivesPort {
  list(): Promise<readonly LifeStanding[]>;
  find(number: PhoneNumber): Promise<readonly PersonPlace[]>;
  planErasure(number: PhoneNumber, reason: string): Promise<Planned<ErasurePlan>>;
  erase(plan: Pick<ErasurePlan, "number" | "reason">, actor: string): Promise<Erasure>;
  eraseAgain(actor: string): Promise<readonly Erasure[]>;
}

const life = z.object({
  name: z.string().describe("A table of the database, or a folder or files of the working folder"),
  kind: z.enum(["table", "folder", "file"]),
  holds: z.string(),
  kept: z.string().describe("How long, in words"),
  days: z.number().nullable().describe("null: not for a time, but as long as something else, or for good"),
  by: z.string().describe("What removes it"),
  erased: z.string().describe("What an erasure of a person does there, or why it stays"),
  changed: z.string().describe("Who may change that: a setting of outdial.yaml with what is allowed, or nobody"),
  removed: z.number().int().nullable().describe("Rows so far; null: none"),
  removedAt: z.iso.datetime().nullable(),
});

const person = phoneText.describe("The number; not called so, because the entry of a request in the audit log names that");
const reason = words.min(3).describe("Why, such as the request of the person; kept in the audit log without the number");
const erasing = { person, reason };
const erasure = z.strictObject({
  id: z.string().describe("What stands in place of the number"),
  at: z.iso.datetime(),
  erased: z.array(z.strictObject({ name: z.string(), rows: z.int() })).readonly(),
  left: z.array(personPlace).readonly().describe("What is left, and why"),
});
const shownErasure = ({ at, ...rest }: Erasure): z.input<typeof erasure> => ({ ...rest, at: new Date(at).toISOString() });
const previewOf = (made: Awaited<ReturnType<LivesPort["planErasure"]>>) => ({
  confirm: confirmOf(made),
  places: made.plan.places,
  refusals: made.refusals,
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
      body: z.strictObject({ person }),
      reply: z.object({ items: z.array(personPlace) }),
      handle: async ({ body }) => ({ items: [...(await port().find(numberOf(body.person)))] }),
    }),
    route({
      id: "data.previewErase",
      method: "post",
      path: "/data/erase/preview",
      question: true,
      personal: true,
      summary: "What erasing a person would remove or replace, and what stays, with the reason",
      role: "admin",
      body: z.strictObject(erasing),
      reply: erasePreview,
      handle: async ({ body }) => previewOf(await port().planErasure(numberOf(body.person), body.reason)),
    }),
    dangerousRoute({
      id: "data.erase",
      method: "post",
      path: "/data/erase",
      summary:
        "Erases a person: removes or replaces all that no duty holds, in every place that data.find knows, and says what stays, and why",
      description:
        "Refused while a job that has not ended has the person's row, or the id of one of the person's calls. What is held: records of calls and of consent (16 CFR 310.5), and opt-outs, without which the number could be called again. Carried out in small transactions beside all other work; one that was broken off goes on when it is asked for again. The audit log gets an entry without the number, and every proof of other entries holds.",
      role: "admin",
      personal: true,
      body: z.strictObject({ ...erasing, ...confirmation.shape }),
      reply: erasure,
      plan: ({ body }) =>
        previewed(port().planErasure(numberOf(body.person), body.reason), (made) => ({
          kind: "erase",
          preview: previewOf(made),
          reason: maskedText(made.plan.reason),
        })),
      act: async ({ who }, plan) => shownErasure(await port().erase(plan, who.name)),
    }),
    route({
      id: "data.eraseAgain",
      method: "post",
      path: "/data/erase/again",
      summary:
        "Erases again whoever was erased since the backup from which the database was restored, and goes on with what was broken off",
      description:
        "By the list of erasures in the working folder and in the folders of `audit.heads`, in which each number is sealed with the audit log's key.",
      role: "admin",
      reply: z.strictObject({ items: z.array(erasure).readonly() }),
      handle: async ({ who }) => ({ items: (await port().eraseAgain(who.name)).map(shownErasure) }),
    }),
  ];
}
