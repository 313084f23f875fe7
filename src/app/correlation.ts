// What work belongs to: the id of the request or command that caused it, from there to the vendor's log, across the jobs that outlive it.

import { AsyncLocalStorage } from "node:async_hooks";
import { type EngineKind, requestOf } from "../operations/index.ts";
import type { AuditLog } from "../store/index.ts";

/** W3C Trace Context: version, trace id, parent id, flags. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Carries an id to everything that is done on its behalf, however deep and late. */
export class Correlator {
  readonly #ids = new AsyncLocalStorage<string>();
  readonly #outer: string | undefined;

  /** @param outer what everything else belongs to: the trace that the process was started in */
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

/** Kinds whose calls belong to the request at hand, or after a restart to the one that the job was made for; without either to the job itself. */
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
