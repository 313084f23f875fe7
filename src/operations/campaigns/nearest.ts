// A campaign that the tenant does not know may have been mistyped: the nearest that it lists is named.

import { nearest } from "../../kernel/index.ts";
import { type CampaignProvisioning, TenantError } from "../../tenant/port.ts";

/** Campaigns looked at for a name that comes near. */
const MOST = 5000;

/** Does what is about a campaign. Its `not_found` gets the nearest id of the list as advice. @param list asked only then; what it throws is passed over */
export async function suggesting<T>(id: string, list: () => Promise<readonly string[]>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code !== "not_found" || thrown.advice !== undefined) throw thrown;
    const near = nearest(id, await list().catch(() => []));
    if (near === undefined) throw thrown;
    const { status, operationId, correlationId, report } = thrown;
    const advice = `Did you mean ${near}?`;
    throw new TenantError("not_found", thrown.message, {
      advice,
      status,
      correlationId,
      report,
      cause: thrown,
      ...(operationId && { operationId }),
    });
  }
}

/** The ids of the tenant's campaigns, as many as are looked at. */
export async function campaignIds(provisioning: Pick<CampaignProvisioning, "campaigns">): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of provisioning.campaigns()) {
    ids.push(id);
    if (ids.length === MOST) break;
  }
  return ids;
}
