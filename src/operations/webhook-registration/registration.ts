// Registers outdial's addresses for the vendor's own events, once each: same name and address, no second one.

import { z } from "zod";
import type { AuditInput } from "../../store/index.ts";
import { TenantError } from "../../tenant/index.ts";
import { OperationError } from "../error.ts";

/** `wfm`: changes of dialer settings and activations, for workforce management. `metrics`: figures and states of campaigns. */
export const VENDOR_WEBHOOKS = ["wfm", "metrics"] as const;
export type VendorWebhookKind = (typeof VENDOR_WEBHOOKS)[number];

/** A registration at the tenant; what it is secured with is never shown. */
export interface VendorWebhook {
  readonly kind: VendorWebhookKind;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
}

/** What the tenant is asked. Lists come as the tenant gives them. */
export interface WebhookDesk {
  list(kind: VendorWebhookKind): Promise<readonly unknown[]>;
  /** Returns the id. */
  create(kind: VendorWebhookKind, name: string, url: string): Promise<string>;
  /** `already` is true when it was gone before. */
  remove(kind: VendorWebhookKind, id: string): Promise<{ readonly already: boolean }>;
}

export interface RegistrationDependencies {
  readonly desk: WebhookDesk;
  /** Runs work that no other process runs at the same time under the same name. */
  readonly inTurn: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
}

const registration = z.object({
  id: z.string(),
  name: z.string().default(""),
  url: z.string().optional(),
  callbackUrl: z.string().optional(),
  events: z.array(z.string()).default([]),
});

/** All registrations of the kinds. */
export async function listVendorWebhooks(
  desk: WebhookDesk,
  kinds: readonly VendorWebhookKind[] = VENDOR_WEBHOOKS,
): Promise<VendorWebhook[]> {
  const found: VendorWebhook[] = [];
  for (const kind of kinds) {
    for (const item of await desk.list(kind)) {
      const parsed = registration.safeParse(item);
      if (!parsed.success) continue;
      const { id, name, url, callbackUrl, events } = parsed.data;
      found.push({ kind, id, name, url: url ?? callbackUrl ?? "", events });
    }
  }
  return found;
}

/**
 * Registers an address, unless one of this name and address is there.
 * @throws OperationError `invalid_input`, `outcome_unknown`; TenantError
 */
export async function registerVendorWebhook(
  draft: { readonly kind: VendorWebhookKind; readonly name: string; readonly url: string },
  { desk, inTurn, record, actor }: RegistrationDependencies,
): Promise<{ readonly id: string; readonly already: boolean }> {
  const url = deliverable(draft.url);
  const { kind, name } = draft;
  const find = async () => (await listVendorWebhooks(desk, [kind])).find((one) => one.name === name && sameAddress(one.url, url));
  return inTurn(`vendor webhook ${kind}`, async () => {
    const there = await find();
    if (there !== undefined) return { id: there.id, already: true };
    const id = await created(() => desk.create(kind, name, url), find);
    const { origin, pathname } = new URL(url);
    await record({ actor, action: "webhook.register", subject: id, details: { kind, name, address: `${origin}${pathname}` } });
    return { id, already: false };
  });
}

/** Creates; a reply that was lost is settled by listing. */
async function created(create: () => Promise<string>, find: () => Promise<VendorWebhook | undefined>): Promise<string> {
  try {
    return await create();
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || !(thrown.outcomeUnknown || thrown.code === "unknown_outcome")) throw thrown;
    const found = await find();
    if (found !== undefined) return found.id;
    throw new OperationError(
      "outcome_unknown",
      `the reply to the registration was lost and the list does not show it: ${thrown.message}`,
      {
        advice: "Run the command again: it looks for the registration first.",
      },
    );
  }
}

/** Removes a registration by its id, whichever kind it is. Throws OperationError `invalid_input` when there is none. */
export async function removeVendorWebhook(
  id: string,
  { desk, record, actor }: Pick<RegistrationDependencies, "desk" | "record" | "actor">,
): Promise<VendorWebhook> {
  const found = (await listVendorWebhooks(desk)).find((one) => one.id === id);
  if (found === undefined)
    throw new OperationError("invalid_input", `the tenant has no webhook ${id}`, {
      advice: "outdial webhooks vendor lists them.",
    });
  await desk.remove(found.kind, id);
  await record({ actor, action: "webhook.remove", subject: id, details: { kind: found.kind, name: found.name } });
  return found;
}

function deliverable(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new OperationError(
      "invalid_input",
      `--url ${text} is no web address; allowed is https, or http within your own network`,
    );
  if (url.username !== "" || url.password !== "")
    throw new OperationError("invalid_input", "--url must not carry a user name or password", {
      advice: "Name the variable that holds the bearer token with --token-env.",
    });
  return text;
}

/** The same address, however it is written. */
function sameAddress(a: string, b: string): boolean {
  return (URL.parse(a)?.href ?? a) === (URL.parse(b)?.href ?? b);
}
