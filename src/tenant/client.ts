// The client: prepares calls, gives them their correlation id and deadline.

import { type OperationId, operationOf } from "../contract/index.ts";
import { Call, type CallDependencies } from "./call.ts";
import type { ResolvedConfig } from "./config.ts";
import { withDeadline } from "./deadline.ts";
import { abortError, TenantError } from "./errors.ts";
import { lockOf } from "./lock.ts";
import type { Locked } from "./locked.ts";
import { prepare } from "./prepare.ts";
import type { RequestResult } from "./report.ts";
import type { AnyInput, ReplyOf, Requester, RequestInput } from "./requester.ts";

interface ClientDependencies extends CallDependencies {
  readonly config: ResolvedConfig;
  /** Prefix of every correlation id of this client. */
  readonly correlationPrefix: string;
  readonly correlation: (() => string | undefined) | undefined;
}

const OUTER = /^[\x21-\x7e]{1,64}$/;

/** Sends operations of the contract for one tenant. */
export class Client implements Requester {
  readonly #with: ClientDependencies;
  #calls = 0;

  constructor(dependencies: ClientDependencies) {
    this.#with = dependencies;
  }

  async request<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<RequestResult<ReplyOf<Id>>> {
    // The reply was parsed by the schema of this row, which the compiler cannot see.
    return (await this.#send(operationId, input)) as RequestResult<ReplyOf<Id>>;
  }

  async readLocked<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<Locked<ReplyOf<Id>>> {
    const style = operationOf(operationId).lock;
    if (style === undefined) {
      throw new TenantError("unsupported", `${operationId}: has no lock`, { operationId });
    }
    const { reply, etag, status, correlationId, ...report } = await this.request(operationId, input);
    const lock = lockOf(style, etag, reply);
    if (lock === undefined && style.required) {
      throw new TenantError(
        "invalid_reply",
        `${operationId}: the reply carries no ${style.tagIn}, so no write can be based on it`,
        {
          operationId,
          status,
          correlationId,
          report,
        },
      );
    }
    return { value: reply, lock };
  }

  #send(id: OperationId, input: AnyInput): Promise<RequestResult<unknown>> {
    if (this.#with.closing.aborted) throw abortError(this.#with.closing, { operationId: id });
    const operation = operationOf(id);
    const prepared = prepare(id, operation, input, this.#with.config);
    this.#calls += 1;
    const correlationId = `${this.#belongsTo()}${this.#with.correlationPrefix}${this.#calls}`;
    const call = new Call(this.#with, id, operation, prepared, correlationId);
    if (input.deadlineMs === undefined) return call.run(input);
    const { halt, confirmed } = input;
    return withDeadline(this.#with.clock, id, input.deadlineMs, input.signal, (signal) => call.run({ signal, halt, confirmed }));
  }

  /** The caller's correlation text as a prefix of the id; empty when it is not allowed in a header. */
  #belongsTo(): string {
    const given = this.#with.correlation?.();
    return given === undefined || !OUTER.test(given) ? "" : `${given}.`;
  }
}
