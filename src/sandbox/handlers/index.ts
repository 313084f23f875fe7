// All operations of the contract with what they do.

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
  // The router filled the parameters and the body reader the body by the same row of the table that types the handler.
  const handler = HANDLERS[call.operation] as (tenant: Tenant, call: ApiCall<OperationId>) => Answer;
  return handler(tenant, call);
}
