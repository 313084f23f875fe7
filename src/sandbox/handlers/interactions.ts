// Closed interactions and the tree of their codes: contract §2.2.

import { nearest } from "../../kernel/index.ts";
import type { InteractionRecord } from "../state/interactions.ts";
import type { Tenant } from "../tenant.ts";
import { type Answer, badRequest, notFound, Refusal } from "../wire.ts";
import type { Handlers } from "./handler.ts";

function find(tenant: Tenant, id: string): InteractionRecord {
  const record = tenant.interactions.get(id);
  if (record === undefined) throw notFound("interaction", id);
  if (record.organization !== tenant.scenario.organization) {
    throw new Refusal(403, "other_organization", "This interaction belongs to another organization.");
  }
  return record;
}

const shown = ({ id, dispositions, etag }: InteractionRecord): Answer => ({
  status: 200,
  body: { id, status: "closed", dispositions },
  headers: { etag },
});

/** Refuses unknown codes, retired codes that are not yet on the interaction, and primary codes together with secondary ones. */
function checkCodes(tenant: Tenant, record: InteractionRecord, codes: readonly string[]): void {
  const tree = new Map(tenant.scenario.dispositions.map((node) => [node.code, node]));
  const stored = new Set(record.dispositions.map(({ code }) => code));
  codes.forEach((code, i) => {
    const node = tree.get(code);
    const path = `dispositions[${i}].code`;
    if (node === undefined) {
      const meant = nearest(code, tree.keys());
      throw badRequest(`Unknown disposition code "${code}".`, [
        { path, message: meant === undefined ? "not in the matrix" : `did you mean ${meant}?` },
      ]);
    }
    if (!node.active && !stored.has(code))
      throw badRequest(`Disposition code "${code}" is retired.`, [{ path, message: "retired" }]);
  });
  if (codes.some((code) => code.startsWith("1")) && codes.some((code) => code.startsWith("2"))) {
    throw badRequest("Primary codes (1xx) and secondary codes (2xx) cannot stand on one interaction.");
  }
}

export const interactions: Handlers<"getInteraction" | "patchInteraction" | "listDispositions"> = {
  getInteraction(tenant, { params, twists }) {
    const record = find(tenant, params.id);
    const earlier = tenant.shadows.get(`interaction/${record.id}`) as InteractionRecord | undefined;
    return shown(twists.staleRead ? (earlier ?? record) : record);
  },

  patchInteraction(tenant, { params, headers, body }) {
    const record = find(tenant, params.id);
    const tag = headers["if-match"]?.trim();
    if (!tag) throw new Refusal(428, "precondition_required", "If-Match with the entity tag of the interaction is missing.");
    checkCodes(
      tenant,
      record,
      body.dispositions.map(({ code }) => code),
    );
    // Compared as text: HTTP's strong comparison would never match a weak tag.
    if (tag !== record.etag) {
      throw new Refusal(409, "etag_stale", "The interaction was changed since; If-Match does not name its present version.");
    }
    tenant.shadows.keep(`interaction/${record.id}`, record);
    return shown(tenant.interactions.write(record.id, body.dispositions) ?? record);
  },

  listDispositions: (tenant) => ({ status: 200, body: { dispositions: tenant.scenario.dispositions } }),
};
