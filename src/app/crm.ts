// Wiring of the CRM: events of retrievals, records in batches.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { CrmUseCases, createDeliveryWorker, OperationError } from "../operations/index.ts";
import { alarmsIn, type Flags, receiversOf, type WebhookEndpoint } from "./config.ts";
import { CRM } from "./crm-announcer.ts";
import { outcomeMapOf } from "./outcome-map.ts";
import { type OutcomeRecords, openOutcomeRecords } from "./outcomes.ts";
import type { Environment, Workplace } from "./workplace.ts";

export interface CrmRuntime extends AsyncDisposable {
  readonly crm: CrmUseCases;
  /** Who acts. */
  readonly actor: string;
}

/** Opens what a push needs. Throws ConfigError or OperationError `invalid_input` when no CRM is configured. */
export async function openCrm(flags: Flags, environment: Environment): Promise<CrmRuntime> {
  await using stack = new AsyncDisposableStack();
  const records = stack.use(await openOutcomeRecords(flags, environment));
  const { config, store } = records;
  const receivers = await receiversOf(config, environment);
  const worker = createDeliveryWorker({
    outbox: store.outbox,
    switches: store.endpoints,
    alarms: alarmsIn(receivers),
    endpoints: { [CRM]: crmAmong(receivers) },
    clock: config.clock,
    random: createRandom(randomUUID(), "crm deliveries"),
    by: `crm-${process.pid}`,
  });
  const crm = crmOn({ ...records, receivers }, environment, () => worker.drain());
  const owned = stack.move();
  return { crm, actor: config.actor, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What is done with the CRM over a lake and a store that are open. */
export function crmOn(
  over: Pick<OutcomeRecords, "config" | "store" | "lake"> & Pick<Workplace, "receivers">,
  environment: Environment,
  deliver: Workplace["deliverEvents"],
): CrmUseCases {
  const { config, store, lake, receivers } = over;
  return new CrmUseCases(
    { store, clock: config.clock, random: createRandom(randomUUID(), "crm") },
    {
      lake,
      receiver: CRM,
      endpoint: () => crmAmong(receivers),
      recordsUrl: environment["OUTDIAL_CRM_RECORDS_URL"] ?? config.file.webhooks?.crm?.recordsUrl,
      map: (path) => outcomeMapOf(config, path),
      deliver,
    },
  );
}

/** The CRM's endpoint. Throws OperationError `invalid_input` when none is configured. */
function crmAmong(receivers: Workplace["receivers"]): WebhookEndpoint {
  if (receivers.crm !== undefined) return receivers.crm;
  throw new OperationError("invalid_input", "no CRM is configured", {
    advice: "Set webhooks.crm.url in outdial.yaml, or OUTDIAL_CRM_URL, and the signing secret in OUTDIAL_CRM_SECRET.",
  });
}
