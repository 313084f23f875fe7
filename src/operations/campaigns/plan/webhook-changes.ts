// The webhooks that campaign files ask for, compared with the tenant's registrations. Pure.

import { differences, leavesOf } from "../file/document.ts";
import type { CampaignFile, Violation } from "../file/parse.ts";
import type { OwnPolicy } from "../file/schema.ts";
import type { Registration } from "./types.ts";

/**
 * The part of a policy that is compared field by field: webhooks are compared by name, and the record of the upload is not part
 * of what a file asks for.
 */
export const withoutWebhooks = (own: unknown): unknown =>
  typeof own === "object" && own !== null ? { ...own, webhooks: undefined, uploaded: undefined } : {};

/** Changes of webhooks, by name, against the stored ones and the registered ones. */
export function webhookChanges(own: OwnPolicy, kept: unknown, registrations: readonly Registration[]) {
  const named = (list: unknown): Map<string, unknown> =>
    new Map(
      (Array.isArray(list) ? list : []).map((one: unknown) => {
        const name = typeof one === "object" && one !== null && "name" in one ? String(one.name) : "";
        return [name, one];
      }),
    );
  const keptList = typeof kept === "object" && kept !== null && "webhooks" in kept ? kept.webhooks : [];
  const [wanted, earlier, there] = [named(own.webhooks), named(keptList), named(registrations)];
  return [...new Set([...wanted.keys(), ...earlier.keys()])].flatMap((name) => {
    const now = wanted.get(name);
    const registered = there.get(name);
    // The registrations decide; a webhook that a file no longer names is only forgotten, never removed.
    const fields =
      now === undefined
        ? differences({ managed: true }, {})
        : differences(comparable(registered), comparable(now)).concat(
            earlier.has(name) ? [] : differences({}, { managed: true }),
          );
    return fields.map((field) => ({ ...field, path: `webhooks[${name}].${field.path}` }));
  });
}

/** The fields of a webhook that are compared. */
function comparable(webhook: unknown): unknown {
  const fields = Object.fromEntries(leavesOf(webhook));
  if (Object.keys(fields).length === 0) return {};
  const events = Array.isArray(fields["events"]) ? fields["events"].map(String).sort() : [];
  return { callbackUrl: fields["callbackUrl"], events, enabled: fields["enabled"] ?? true };
}

/** Registrations belong to the tenant: when two campaigns name the same one, they must agree about it. */
export function webhookViolations(file: CampaignFile, files: readonly CampaignFile[]): Violation[] {
  return (file.own.webhooks ?? []).flatMap((webhook, index) => {
    const others = files.flatMap(({ own }) => own.webhooks ?? []).filter(({ name }) => name === webhook.name);
    if (others.every((other) => differences(comparable(other), comparable(webhook)).length === 0)) return [];
    const field = `webhooks[${index}].name`;
    const message = `${JSON.stringify(webhook.name)} is described differently elsewhere; a registration belongs to the whole tenant`;
    return [{ ...file.placeOf(field), rule: "WEBHOOK" as const, campaign: file.name, field, message }];
  });
}
