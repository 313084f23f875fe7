// Four eyes: dangerous verbs that wait until another person has looked and agreed.

import { z } from "zod";
import { type Clock, messageOf } from "../../kernel/index.ts";
import type { ServiceRequests } from "../../store/index.ts";
import { approvalOf } from "../api/approval-view.ts";
import { confirmation, pageOf } from "../api/schemas/common.ts";
import { approvalView } from "../api/schemas/session.ts";
import { ServerError } from "../error.ts";
import { cursor, flag, limit, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, route } from "../routing/route.ts";

export interface ApprovalDeps {
  readonly clock: Clock;
  readonly requests: Pick<ServiceRequests, "listApprovals" | "approval" | "decideApproval" | "failApproval">;
}

const byId = z.strictObject({ id: z.string() });
/** A request that waits, as it came. */
const waiting = z.object({
  params: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.unknown(),
});

/** @param operations the routes that may wait for an approval */
export function approvalRoutes({ clock, requests }: ApprovalDeps, operations: readonly ApiRoute[]): ApiRoute[] {
  return [
    route({
      id: "approvals.list",
      method: "get",
      path: "/approvals",
      summary: "What waits for a second person, and what became of the rest",
      role: "viewer",
      query: z.strictObject({ limit, cursor, pending: flag }),
      reply: pageOf(approvalView),
      async handle({ query: { limit: size, cursor: after, pending } }) {
        const found = await requests.listApprovals({ pending, limit: size + 1, after });
        return pageOfItems(
          found,
          size,
          ({ id }) => id,
          (one) => approvalOf(one, clock.now()),
        );
      },
    }),
    route({
      id: "approvals.approve",
      method: "post",
      path: "/approvals/{id}/approve",
      summary: "Agrees to exactly the plan that was asked for, which is then carried out",
      description:
        "Never by the person who asked. When what the plan relies on has moved meanwhile, nothing is done and the approval has failed.",
      role: "operator",
      params: byId,
      body: confirmation,
      reply: z.strictObject({ approval: approvalView, status: z.int(), answer: z.unknown() }),
      async handle({ params, body, ...asked }) {
        const { id } = params;
        const found = await requests.approval(id);
        if (found.confirm !== body.confirm)
          throw new ServerError("plan_changed", "this is not the plan that was asked for", {
            details: { confirm: found.confirm },
          });
        const operation = operations.find((one) => one.dangerous && one.id === found.operation);
        if (operation === undefined) throw new ServerError("not_available", `this service has no operation ${found.operation}`);
        await requests.decideApproval(id, { state: "approved", by: asked.who.name });
        try {
          const { params: of, query, body: given } = waiting.parse(found.request);
          // In the name of the one who asked; who agreed stands in the approval and its audit entry.
          const raw = { ...asked, params: of, query, body: given, who: { ...asked.who, name: found.requestedBy } };
          const answer = await operation.answer(raw, async () => undefined);
          const shown = answer.kind === "json" ? { status: answer.status, answer: answer.value } : { status: 200, answer: null };
          return { approval: approvalOf(await requests.approval(id), clock.now()), ...shown };
        } catch (thrown) {
          await requests.failApproval(id, messageOf(thrown));
          throw thrown;
        }
      },
    }),
    route({
      id: "approvals.reject",
      method: "post",
      path: "/approvals/{id}/reject",
      summary: "Refuses it; whoever asked may do so too",
      role: "operator",
      params: byId,
      reply: approvalView,
      async handle({ params, who }) {
        return approvalOf(await requests.decideApproval(params.id, { state: "rejected", by: who.name }), clock.now());
      },
    }),
  ];
}
