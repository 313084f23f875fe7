// For an unknown campaign id, which may be mistyped: names the nearest id that the tenant lists.

import { nearest } from "../../kernel/index.ts";
import { type CampaignProvisioning, TenantError } from "../../tenant/port.ts";

/** Most campaigns that are compared. */
const MOST = 5000;

/**
 * Runs work on a campaign. When it fails with `not_found`, the message names the campaign, and the nearest id of the list is added as
 * advice. @param list called only then; its errors are ignored
 */
export async function suggesting<T>(id: string, list: () => Promise<readonly string[]>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code !== "not_found" || thrown.advice !== undefined) throw thrown;
    const near = nearest(id, await list().catch(() => []));
    const { status, operationId, correlationId, report } = thrown;
    throw new TenantError("not_found", `the tenant knows no campaign ${id}`, {
      ...(near === undefined ? {} : { advice: `Did you mean ${near}?` }),
      status,
      correlationId,
      report,
      cause: thrown,
      ...(operationId && { operationId }),
    });
  }
}

/** The ids of the tenant's campaigns, up to the number that is compared. */
export async function campaignIds(provisioning: Pick<CampaignProvisioning, "campaigns">): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of provisioning.campaigns()) {
    ids.push(id);
    if (ids.length === MOST) break;
  }
  return ids;
}
