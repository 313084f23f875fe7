// Closed interactions: what stands there, what a correction would do. Corrections themselves are jobs.

import { z } from "zod";
import { type CorrectionPreview, type DispositionTree, POLICIES, type Version } from "../../operations/index.ts";
import { route } from "../routing/route.ts";

/** What the routes act on. */
export interface InteractionsPort {
  show(id: string): Promise<{ readonly version: Version; readonly tree: DispositionTree }>;
  preview(row: CorrectionRow): Promise<CorrectionPreview>;
  now(): number;
}

type CorrectionRow = Readonly<{
  line: number;
  interactionId: string;
  code: string;
  description: string;
  agentId: string;
  timestamp: string;
  policy: (typeof POLICIES)[number];
}>;

const byId = z.strictObject({ id: z.string().min(1).max(200) });
const entry = z
  .strictObject({
    code: z.string(),
    description: z.string(),
    agent_id: z.string(),
    timestamp: z.string(),
    source: z.string(),
  })
  .meta({ id: "DispositionEntry" });

export function interactionRoutes(port: () => InteractionsPort) {
  return [
    route({
      id: "interactions.show",
      method: "get",
      path: "/interactions/{id}",
      summary: "The dispositions of an interaction, with the codes that explain them",
      role: "viewer",
      personal: true,
      params: byId,
      reply: z.strictObject({
        tag: z.string(),
        dispositions: z.array(entry),
        codes: z.record(z.string(), z.looseObject({ code: z.string() })),
      }),
      async handle({ params }) {
        const { version, tree } = await port().show(params.id);
        return {
          tag: version.tag,
          dispositions: version.dispositions.map((one) => ({ ...one })),
          codes: Object.fromEntries([...tree].map(([code, node]) => [code, { ...node }])),
        };
      },
    }),
    route({
      id: "interactions.preview",
      method: "post",
      path: "/interactions/{id}/preview",
      question: true,
      personal: true,
      summary: "What a correction would store; nothing is sent",
      role: "viewer",
      params: byId,
      body: z.strictObject({
        code: z.string().min(1),
        description: z.string().default(""),
        agentId: z.string().min(1),
        timestamp: z.iso.datetime({ offset: true }).optional(),
        policy: z.enum(POLICIES).default("append"),
      }),
      reply: z.strictObject({
        before: z.array(entry),
        after: z.array(entry),
        problems: z.array(z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() })),
      }),
      async handle({ params, body }) {
        const { timestamp = new Date(port().now()).toISOString(), ...rest } = body;
        const { now, merge, problems } = await port().preview({ line: 1, interactionId: params.id, timestamp, ...rest });
        const after = merge?.kind === "write" ? merge.dispositions : now.dispositions;
        return {
          before: now.dispositions.map((one) => ({ ...one })),
          after: after.map((one) => ({ ...one })),
          problems: problems.map((one) => ({ ...one })),
        };
      },
    }),
  ];
}
