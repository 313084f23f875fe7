// Announces retrievals to the CRM when they end.

import { messageOf } from "../kernel/index.ts";
import { createCrmAnnouncer } from "../operations/index.ts";
import type { OutcomeLake } from "../outcomes/index.ts";
import type { Retrieval, Store } from "../store/index.ts";
import type { Config } from "./config.ts";
import { outcomeMapOf } from "./outcome-map.ts";

interface Announcing {
  readonly config: Config;
  readonly store: Store;
  readonly lake: OutcomeLake;
}

/** Queues the event of a retrieval that ended. A failure does not fail the retrieval: the next push makes up for it. */
export async function announceToCrm(
  { config, store, lake }: Announcing,
  retrieval: Retrieval,
  warn: (message: string) => void,
): Promise<void> {
  try {
    const map = await outcomeMapOf(config);
    const over = { ledger: store.crm, retrievals: store.retrievals, profile: store.profile, lake, map };
    await createCrmAnnouncer({ ...over, actor: config.actor }).announce(retrieval);
  } catch (thrown) {
    warn(
      `the event of ${retrieval.jobId} was not written for the CRM: ${messageOf(thrown)}; outdial outcomes push crm writes it`,
    );
  }
}
