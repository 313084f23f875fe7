// What needs attention, and what people say about it.

import { z } from "zod";
import type { AttentionUseCases } from "../../operations/index.ts";
import { ATTENTION_WORDS, attentionList, concern } from "../../operations/views/index.ts";
import { NO_NUL } from "../routing/query.ts";
import { route } from "../routing/route.ts";

export function attentionRoutes(attention: () => AttentionUseCases) {
  return [
    route({
      id: "attention.list",
      method: "get",
      path: "/attention",
      summary: "What needs somebody, worst first: since when, why by what was read, what to do next, who sees to it",
      description:
        "Found out anew from what is stored each time; the tenant is not asked. What is acknowledged stays in the list, behind the rest, and counts as new again after 24 hours.",
      role: "viewer",
      reply: attentionList,
      handle: () => attention().list(),
    }),
    route({
      id: "attention.say",
      method: "post",
      path: "/attention",
      summary: "Says that a person has seen a thing, sees to it, or does so no more",
      role: "operator",
      body: z.strictObject({
        key: z.string().min(1).max(1000).regex(NO_NUL),
        verb: z.enum(ATTENTION_WORDS),
        note: z.string().max(500).optional(),
      }),
      reply: concern,
      handle: ({ body: { key, verb, note }, who }) => attention().say(key, verb, who.name, note),
    }),
  ];
}
