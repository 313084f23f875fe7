// What work belongs to: the id of the request or command that caused it, from there to the vendor's log, across the jobs that outlive it.

import { AsyncLocalStorage } from "node:async_hooks";
import type { EngineKind } from "../operations/index.ts";
import type { AuditLog } from "../store/index.ts";

/** Making a job leaves no more entries of it than these. */
const FIRST_ENTRIES = 5;
const REQUESTED = "job.request";
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

/** Says in the audit which request a job is made for: the one of the job's first entries, so that it is found at once. */
export async function noteRequest(
  audit: Pick<AuditLog, "append">,
  job: string,
  actor: string,
  requestId: string | undefined,
): Promise<void> {
  if (requestId !== undefined) await audit.append([{ actor, action: REQUESTED, subject: job, job, details: { requestId } }]);
}

/** The request that a job was made for; null for one of the command line. */
export async function requestOf(audit: Pick<AuditLog, "list">, job: string): Promise<string | null> {
  const first = await audit.list({ job, limit: FIRST_ENTRIES });
  const details: unknown = first.find(({ action }) => action === REQUESTED)?.details;
  if (typeof details !== "object" || details === null || !("requestId" in details)) return null;
  return typeof details.requestId === "string" ? details.requestId : null;
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
