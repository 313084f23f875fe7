// The ledger, the audit log and the outbox, for commands that only read or cancel.

import { randomUUID } from "node:crypto";
import { type Clock, createRandom } from "../kernel/index.ts";
import {
  AttentionUseCases,
  AuditUseCases,
  type CampaignUseCases,
  DeliveryUseCases,
  JobRecordsUseCases,
  KnownAnswers,
  livesOf,
  stopRecords,
  storiesOf,
} from "../operations/index.ts";
import { stopResultOf, stopViewOf } from "../operations/views/index.ts";
import type { Store } from "../store/index.ts";
import { complianceOn, rulesOf } from "./compliance.ts";
import { livesIn } from "./lives.ts";
import { opening } from "./opening.ts";
import { processLives, processSpace } from "./process-space.ts";
import { allOf, mailOf, receiversOf } from "./receivers.ts";
import { conditionsOf } from "./service/replicas.ts";
import { Waits } from "./service/waits.ts";

/** Which processes of a store are dead, as seen from this machine, by a process that is not one of them. */
export const livesHere = ({ replicas }: Pick<Store, "replicas">) => livesOf(replicas, { host: processSpace(), processLives });

/** Emergency stops as a store has them, and what campaigns went through. */
export function stopReads(store: Store, clock: Clock): Pick<CampaignUseCases, "stops" | "stopped" | "stories"> {
  const records = stopRecords({ ledger: store.stops, replicas: livesHere(store), clock });
  return {
    stops: async (limit) => (await records.list(limit)).map(stopViewOf),
    stopped: async (id) => stopResultOf(await records.report(id)),
    stories: (of) => storiesOf(of, { store, stops: records, now: clock.now() }),
  };
}

/** The ledger, the audit log and the outbox; needs no tenant. */
export const openRecords = opening(async ({ config, store: opened }) => {
  const { actor, clock } = config;
  // Evidence can be read whatever tenant is configured.
  const store = await opened({ makes: "nothing", anyTenant: true });
  return {
    jobs: new JobRecordsUseCases({ store, clock, replica: livesHere(store) }),
    /** The actor. */
    actor,
    audit: new AuditUseCases({ store, clock }, rulesOf(config, {})),
    /** Heads outside the store that do not fit it. */
    async heldAudit() {
      await store.audit.compareHeads({ keep: false });
      return store.audit.held;
    },
    /** Accepts the log as it is. Throws StoreError `invalid_state` when every head fits. */
    acceptHeads: (reason: string) => store.audit.acceptHeads(actor, reason),
    /** Deliveries of events; receivers are known by name only, so no secret is needed. */
    deliveries: new DeliveryUseCases({ store, clock }, () => ({})),
    /** What the tenant's answers lack of what is known. */
    known: new KnownAnswers({ store, clock }),
    /** What is kept, for how long, and what was removed so far. */
    lives: livesIn(config, store),
  };
});

/** Most jobs that are looked at for what they wait for. */
const JOBS = 1000;

/** Opens what needs a person's attention, by what is stored and by the processes on the store; needs no tenant. */
export const openAttention = opening(async ({ config, environment, store: opened }) => {
  const { clock } = config;
  const store = await opened();
  // What a service finds by itself, again and again.
  await store.audit.compareHeads({ keep: false });
  const { refused, differ } = conditionsOf(await livesHere(store).live());
  store.health.note("replicas", [...refused, ...(differ === undefined ? [] : [{ ...differ, since: clock.now() }])]);
  const jobs = await store.jobs.listJobs({ status: ["stopped"], limit: JOBS });
  store.health.note("jobs", new Waits().take(jobs, clock.now()));
  const random = createRandom(randomUUID(), "attention");
  return new AttentionUseCases(
    { store, clock },
    {
      ...complianceOn({ config, store, clock, random }),
      campaigns: stopReads(store, clock),
      deliveries: {
        // A secret that is not here leaves only the receivers unknown.
        async receivers() {
          const all = allOf({ receivers: await receiversOf(config, environment), mail: await mailOf(config, environment) });
          return new DeliveryUseCases({ store, clock }, () => all).receivers();
        },
      },
    },
  );
});
