// What every kind of job over rows gives to the command or service that runs it.

import { type Interruption, JobRecordsUseCases, type Tagging } from "../operations/index.ts";
import type { AuditVerdict } from "../store/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import type { DeliveryEnd, Workplace } from "./workplace.ts";

/** Jobs of one kind, ready to run. Disposing closes everything in reverse order. */
export interface JobRuntime extends AsyncDisposable {
  readonly jobs: Pick<Tagging, "find" | "run">;
  readonly records: JobRecordsUseCases;
  verifyAudit(): Promise<AuditVerdict>;
  /** Stops the run in this process early: rows under way are finished and recorded, and the job can be resumed. */
  interrupt(): Interruption;
  /** The used share of the request limit, for a progress line; empty when there is no limit. */
  budgetLine(): string;
  /** Waits until due events are delivered, as long as their receiver takes them. */
  deliverEvents(): Promise<DeliveryEnd>;
}

/** The runtime of jobs for a workplace. @param family the rate family whose budget the progress line shows */
export function runtimeOver(
  stack: AsyncDisposableStack,
  workplace: Workplace,
  jobs: JobRuntime["jobs"],
  family: string,
): JobRuntime {
  return {
    jobs,
    interrupt: () => workplace.runs.interrupt(),
    records: new JobRecordsUseCases(workplace),
    verifyAudit: () => workplace.store.audit.verify(),
    budgetLine: () => budgetLine(workplace.tenant, family),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function budgetLine(tenant: TenantLink, family: string): string {
  const { limitPerSecond, usedShare = 0 } = tenant.limits()[family] ?? {};
  return limitPerSecond === undefined ? "" : ` · budget ${Math.round(usedShare * 100)} % of ${Math.round(limitPerSecond)}/s`;
}
