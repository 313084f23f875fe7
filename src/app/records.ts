// The ledger, the audit log and the outbox, for commands that only read or cancel.

import { AuditUseCases, DeliveryUseCases, JobRecordsUseCases, KnownAnswers, livesOf } from "../operations/index.ts";
import type { LifeStanding, StandingConflict, Store } from "../store/index.ts";
import { rulesOf } from "./compliance.ts";
import { type Flags, keptIn, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { processLives, processSpace } from "./process-space.ts";
import { storeOf } from "./store-of-config.ts";

/** The ledger, the audit log and the outbox; needs no tenant. */
export interface Records extends AsyncDisposable {
  readonly jobs: JobRecordsUseCases;
  /** The actor. */
  readonly actor: string;
  readonly audit: AuditUseCases;
  /** Heads outside the store that do not fit it. */
  heldAudit(): Promise<readonly StandingConflict[]>;
  /** Accepts the log as it is. Throws StoreError `invalid_state` when every head fits. */
  acceptHeads(reason: string): Promise<readonly StandingConflict[]>;
  /** Deliveries of events; receivers are known by name only, so no secret is needed. */
  readonly deliveries: DeliveryUseCases;
  /** What the tenant's answers lack of what is known. */
  readonly known: KnownAnswers;
  /** What is kept, for how long, and what was removed so far. */
  lives(): Promise<readonly LifeStanding[]>;
}

/** Which processes of a store are dead, as seen from this machine, by a process that is not one of them. */
export const livesHere = ({ replicas }: Pick<Store, "replicas">) => livesOf(replicas, { host: processSpace(), processLives });

/** Opens the records of a store. */
export async function openRecords(flags: Flags, environment: Environment): Promise<Records> {
  const config = await loadConfig(flags, environment);
  const { actor, clock } = config;
  // Evidence can be read whatever tenant is configured.
  const store = await storeOf(config, environment, { makes: "nothing", anyTenant: true });
  const replica = livesHere(store);
  return {
    jobs: new JobRecordsUseCases({ store, clock, replica }),
    actor,
    audit: new AuditUseCases({ store, clock }, rulesOf(config, {})),
    async heldAudit() {
      await store.audit.compareHeads({ keep: false });
      return store.audit.held;
    },
    acceptHeads: (reason) => store.audit.acceptHeads(actor, reason),
    deliveries: new DeliveryUseCases({ store, clock }, () => ({})),
    known: new KnownAnswers({ store }),
    lives: () => store.lives.list(keptIn(config.file)),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
