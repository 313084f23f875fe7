// The handlers of all operations of the contract.

import type { OperationId } from "../../contract/index.ts";
import type { Tenant } from "../tenant.ts";
import type { Answer } from "../wire.ts";
import { campaigns } from "./campaigns.ts";
import { dialer } from "./dialer.ts";
import type { ApiCall, Handlers } from "./handler.ts";
import { interactions } from "./interactions.ts";
import { outbound } from "./outbound.ts";
import { webhooks } from "./webhooks.ts";

const HANDLERS: Handlers = { ...outbound, ...interactions, ...campaigns, ...dialer, ...webhooks };

/** Runs the handler of a call's operation. */
export function answerCall(tenant: Tenant, call: ApiCall<OperationId>): Answer {
  // Path parameters and body were parsed by the same row of the table that types the handler.
  const handler = HANDLERS[call.operation] as (tenant: Tenant, call: ApiCall<OperationId>) => Answer;
  return handler(tenant, call);
}
