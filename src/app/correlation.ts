// Correlation: the id of the request or command that caused work is passed on to the vendor's log, also through jobs that outlive
// the request.

import { AsyncLocalStorage } from "node:async_hooks";
import { type EngineKind, requestOf } from "../operations/index.ts";
import type { AuditLog } from "../store/index.ts";

/** W3C Trace Context: version, trace id, parent id, flags. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Passes an id to everything that is done because of it, at any depth and time. */
export class Correlator {
  readonly #ids = new AsyncLocalStorage<string>();
  readonly #outer: string | undefined;

  /** @param outer the id for everything else: the trace in which the process was started */
  constructor(outer?: string) {
    this.#outer = outer;
  }

  within<T>(id: string, work: () => T): T {
    return this.#ids.run(id, work);
  }

  get current(): string | undefined {
    return this.#ids.getStore() ?? this.#outer;
  }
}

/** The trace id in the environment's TRACEPARENT, as schedulers and pipelines set it. */
export function traceOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return TRACEPARENT.exec(environment["TRACEPARENT"] ?? "")?.[1];
}

/**
 * Kinds whose calls belong to the present request or, after a restart, to the request for which the job was made; without either,
 * to the job itself.
 */
export function correlated(
  kinds: Readonly<Record<string, EngineKind>>,
  correlator: Correlator,
  audit: Pick<AuditLog, "list">,
  within: <T>(correlation: { readonly requestId: string; readonly job: string }, work: () => T) => T,
): Record<string, EngineKind> {
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, { scope, body }]) => [
      kind,
      {
        scope,
        body: async (job, run, step) => {
          const requestId = correlator.current ?? (await requestOf(audit, job)) ?? job;
          return correlator.within(requestId, () => within({ requestId, job }, () => body(job, run, step)));
        },
      },
    ]),
  );
}
