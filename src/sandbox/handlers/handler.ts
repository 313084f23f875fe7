// The input and output of handlers.

import type { OperationId, PathParameters } from "../../contract/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { AcceptedBody } from "../bodies.ts";
import type { Twists } from "../paging.ts";
import type { Tenant } from "../tenant.ts";
import type { Answer, SandboxRequest } from "../wire.ts";

/** An admitted request: authorised, within its limits, with an accepted body. */
export interface ApiCall<Id extends OperationId> {
  readonly operation: Id;
  readonly params: Readonly<Record<PathParameters<Id>, string>>;
  readonly query: URLSearchParams;
  readonly headers: SandboxRequest["headers"];
  readonly body: AcceptedBody<Id>;
  readonly clientId: string;
  readonly now: Instant;
  readonly twists: Twists;
}

/** Does the work of one operation; throws a refusal when it is not allowed. */
type Handler<Id extends OperationId> = (tenant: Tenant, call: ApiCall<Id>) => Answer;

/** The handlers of some operations. */
export type Handlers<Ids extends OperationId = OperationId> = { readonly [Id in Ids]: Handler<Id> };

/** A time as the tenant writes it. */
export function timeText(at: Instant): string {
  return new Date(at).toISOString();
}
