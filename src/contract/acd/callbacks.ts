// Scheduled callbacks. A due callback dials by itself.

import { z } from "zod";
import { type AcdOperation, readOrNothing, silentWrite, write } from "./common.ts";
import { maybeId, maybeText, sentId, sentInstant, wireId } from "./scalars.ts";

const callback = z.looseObject({
  callbackId: wireId,
  target: maybeText,
  agentId: maybeId,
  skillId: maybeId,
  dialNumber: maybeText,
  origNumber: maybeText,
  firstName: maybeText,
  lastName: maybeText,
  notes: maybeText,
  callbackTime: maybeText,
});
const draft = z.strictObject({
  firstName: z.string(),
  lastName: z.string(),
  phoneNumber: z.string().min(1),
  skillId: sentId,
  targetAgentId: sentId.optional(),
  scheduleDate: sentInstant,
  notes: z.string().optional(),
});

const shared = { section: "callbacks", versions: { pin: 33, fallbacks: [25] }, evidence: "published and seen" } as const;
const listed = {
  ...readOrNothing,
  ...shared,
  envelope: { within: ["resultSet"], items: ["callbacks"] },
  reply: z.looseObject({ callbacks: z.array(callback) }),
} as const;

export const callbacks = {
  createCallback: {
    ...write,
    ...shared,
    summary: "Schedule a callback: a call that is placed when it is due",
    path: "/scheduled-callbacks",
    evidence: "sources differ",
    envelope: { within: ["resultSet"] },
    refusals: { 400: "unknown skill or agent, unreadable date or number" },
    request: draft,
    accepts: z.looseObject({}),
    reply: z.looseObject({ callbackId: wireId }),
  },
  updateCallback: {
    ...silentWrite,
    ...shared,
    summary: "Change a scheduled callback",
    method: "PUT",
    path: "/scheduled-callbacks/{callbackId}",
    retry: "idempotent",
    evidence: "sources differ",
    refusals: { 400: "unknown skill or agent, unreadable date or number", 404: "unknown callback, or one that is closed" },
    request: draft,
    accepts: z.looseObject({}),
  },
  deleteCallback: {
    ...silentWrite,
    ...shared,
    summary: "Delete a scheduled callback",
    method: "DELETE",
    path: "/scheduled-callbacks/{callbackId}",
    retry: "idempotent",
    bodyOnDelete: true,
    evidence: "sources differ",
    refusals: { 404: "unknown callback, or one that is closed" },
    request: z.strictObject({ description: z.string() }),
    accepts: z.looseObject({}),
  },
  listSkillCallbacks: {
    ...listed,
    summary: "The scheduled callbacks of a skill",
    path: "/skills/{skillId}/scheduled-callbacks",
    refusals: { 404: "unknown skill" },
  },
  listAgentCallbacks: {
    ...listed,
    summary: "The scheduled callbacks of an agent",
    path: "/agents/{agentId}/scheduled-callbacks",
    refusals: { 404: "unknown agent" },
  },
} as const satisfies Record<string, AcdOperation>;
