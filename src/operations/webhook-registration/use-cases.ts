// Registers outdial's addresses for the vendor's own events, each once: with the same name and address, no second registration is
// made.

import { z } from "zod";
import { messageOf } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import { TenantError, type TenantLink } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { compare, type KnownThing, shorterWords } from "../known/index.ts";

/** `wfm`: changes of dialer settings and activations, for workforce management. `metrics`: figures and states of campaigns. */
export const VENDOR_WEBHOOKS = ["wfm", "metrics"] as const;
/** The vendor interface for events that a registration belongs to. */
export type VendorWebhookKind = (typeof VENDOR_WEBHOOKS)[number];

/**
 * The request to the vendor for repeated deliveries (wfm): number of repetitions, growth of the pauses between them, seconds of
 * one attempt.
 */
export interface VendorRetryPolicy {
  readonly maxRetries: number;
  readonly backoffMultiplier: number;
  readonly timeoutSec: number;
}

/** The default repetitions of a delivery. */
export const RETRY_POLICY: VendorRetryPolicy = { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 };

/** A registration at the tenant; its secrets are never shown. */
export interface VendorWebhook {
  readonly kind: VendorWebhookKind;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
}

const registration = z.object({
  id: z.string(),
  name: z.string().default(""),
  url: z.string().optional(),
  callbackUrl: z.string().optional(),
  events: z.array(z.string()).default([]),
});

/** The data for registering an address. */
export interface VendorWebhookDraft extends DeliveryProof {
  readonly kind: VendorWebhookKind;
  readonly name: string;
  readonly url: string;
  /** For wfm; what it leaves out is as configured. */
  readonly retryPolicy?: { readonly [Name in keyof VendorRetryPolicy]?: number | undefined } | undefined;
}

/** What deliveries contain, so that their receiver can recognise them. */
export interface DeliveryProof {
  /** Bearer token (wfm). */
  readonly token?: string | undefined;
  /** Headers (metrics). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Registers for the vendor's events, and lists and removes registrations. Errors: OperationError, TenantError. */
export class VendorWebhookUseCases {
  readonly #context: Pick<Context, "tenant" | "store" | "actor">;
  readonly #proof: (kind: VendorWebhookKind) => Promise<DeliveryProof>;

  readonly #retryPolicy: VendorRetryPolicy;

  /** @param proof what deliveries to the service's own addresses contain @param retryPolicy for registrations that give none */
  constructor(
    context: Pick<Context, "tenant" | "store" | "actor">,
    proof: (kind: VendorWebhookKind) => Promise<DeliveryProof> = async () => ({}),
    retryPolicy = RETRY_POLICY,
  ) {
    this.#context = context;
    this.#proof = proof;
    this.#retryPolicy = retryPolicy;
  }

  /** See `listedWebhooks`. */
  list(): Promise<ListedWebhooks> {
    return listedWebhooks(this.#context.tenant, this.#context.store.audit);
  }

  /**
   * Registers an address, unless one with this name and address is registered. @param draft `token` and `headers` are those of the deliveries,
   * those of the configuration by default
   * @throws OperationError `invalid_input`, `outcome_unknown`; TenantError
   */
  async register(
    { kind, name, url: written, retryPolicy: asked, token, headers }: VendorWebhookDraft,
    by = this.#context.actor,
  ): Promise<{ readonly id: string; readonly already: boolean }> {
    const url = deliverable(written);
    if (kind !== "wfm" && asked !== undefined)
      throw new OperationError("invalid_input", "a retry policy is only for wfm; the tenant accepts none for metrics");
    const usual = this.#retryPolicy;
    const retryPolicy = {
      maxRetries: asked?.maxRetries ?? usual.maxRetries,
      backoffMultiplier: asked?.backoffMultiplier ?? usual.backoffMultiplier,
      timeoutSec: asked?.timeoutSec ?? usual.timeoutSec,
    };
    const { tenant, store } = this.#context;
    const usualProof = await this.#proof(kind);
    const proof = { token: token ?? usualProof.token, headers: headers ?? usualProof.headers };
    const find = async () =>
      (await vendorWebhooksOf(tenant, [kind])).find((one) => one.name === name && sameAddress(one.url, url));
    const { address } = recordedOf(kind, name, url);
    const told = (action: string, subject: string, details: object) =>
      store.audit.append([{ actor: by, action, subject, details: { kind, name, address, ...details } }]);
    return store.dialer.inTurn(`vendor webhook ${kind}`, async () => {
      const there = await find();
      const own = await ownRegistration(store.audit, { kind, name, address });
      if (there !== undefined) {
        // A process that died in the middle created it without recording that.
        if (own.isOpen) await told("webhook.register", there.id, { found: true });
        return { id: there.id, already: true };
      }
      refuseSecond(own.known, `the tenant's list of ${kind} registrations`);
      await told("webhook.register.begin", name, {});
      const id = await created(() => create(tenant, { kind, name, url, retryPolicy }, proof), find).catch(
        async (thrown: unknown) => {
          const isKnown = !(thrown instanceof OperationError);
          if (isKnown) await told("webhook.register.failed", name, { message: messageOf(thrown) });
          throw thrown;
        },
      );
      await told("webhook.register", id, kind === "wfm" ? { retryPolicy } : {});
      return { id, already: false };
    });
  }

  /**
   * Removes a registration by its id, of whichever kind. Throws OperationError `invalid_input` when there is none.
   * @param gone takes a person's word that a registration that outdial made, and the tenant does not list, is gone
   */
  async remove(
    id: string,
    { by = this.#context.actor, gone = false }: { by?: string; gone?: boolean } = {},
  ): Promise<VendorWebhook> {
    const { tenant, store } = this.#context;
    const listed = (await vendorWebhooksOf(tenant)).find((one) => one.id === id);
    const found = listed ?? (gone ? await recordedAs(store.audit, id) : undefined);
    if (found === undefined)
      throw new OperationError("invalid_input", `the tenant has no webhook ${id}`, {
        advice: "outdial webhooks vendor lists them; one that it lacks and outdial has made is called gone with --gone.",
      });
    const { kind, name } = found;
    if (listed !== undefined) await tenant.capabilities.vendorEvents.remove(kind === "wfm" ? "dialer" : "campaign", id);
    const word = listed === undefined ? { gone: true } : {};
    await store.audit.append([{ actor: by, action: "webhook.remove", subject: id, details: { kind, name, ...word } }]);
    return found;
  }
}

/** The tenant's registrations, and a sentence about those that outdial made and the list lacks; null where it lacks none. */
export interface ListedWebhooks {
  readonly items: readonly VendorWebhook[];
  readonly shorter: string | null;
}

/**
 * All registrations, compared with those that outdial made and nobody removed. Throws TenantError, StoreError.
 * @param audit without one nothing is known besides
 */
export async function listedWebhooks(
  tenant: TenantLink,
  audit: Pick<Store["audit"], "list"> | undefined,
): Promise<ListedWebhooks> {
  const items = await vendorWebhooksOf(tenant);
  const things = audit === undefined ? [] : await ownRegistrations(audit);
  const found = compare({ ids: new Set(items.map(({ id }) => id)) }, { things });
  const shorter = shorterWords(found, "the tenant's list of registrations", "registration") ?? null;
  return { items, shorter };
}

/** Of the newest registrations that outdial's own records name, those that nobody removed. */
async function ownRegistrations(audit: Pick<Store["audit"], "list">): Promise<readonly KnownThing[]> {
  const [made, removed] = await Promise.all(
    ["webhook.register", "webhook.remove"].map((action) => audit.list({ action, newestFirst: true, limit: ENTRIES })),
  );
  const gone = new Map((removed ?? []).toReversed().map(({ subject, seq }) => [subject, seq]));
  const last = new Map((made ?? []).toReversed().map((entry) => [entry.subject, entry]));
  return [...last.values()].flatMap(({ subject, seq, time, details }) => {
    const said = registered.safeParse(details);
    if (!said.success || (gone.get(subject) ?? 0) > seq) return [];
    return [{ id: subject, name: said.data.name, at: Date.parse(time) }];
  });
}

/** The registrations of the kinds; needs no store. */
async function vendorWebhooksOf(
  { capabilities: { vendorEvents } }: TenantLink,
  kinds: readonly VendorWebhookKind[] = VENDOR_WEBHOOKS,
): Promise<VendorWebhook[]> {
  const found: VendorWebhook[] = [];
  for (const kind of kinds) {
    for (const item of await vendorEvents.registrations(kind === "wfm" ? "dialer" : "campaign")) {
      const parsed = registration.safeParse(item);
      if (!parsed.success) continue;
      const { id, name, url, callbackUrl, events } = parsed.data;
      found.push({ kind, id, name, url: url ?? callbackUrl ?? "", events });
    }
  }
  return found;
}

/** @returns the id */
function create(
  { capabilities: { vendorEvents } }: TenantLink,
  { kind, name, url, retryPolicy }: VendorWebhookDraft & { readonly retryPolicy: VendorRetryPolicy },
  { token, headers = {} }: DeliveryProof,
): Promise<string> {
  if (kind === "wfm")
    return vendorEvents.registerDialerEvents({
      name,
      url,
      events: ["dialer.settings.updated", "dialer.campaign.activated"],
      ...(token === undefined ? {} : { auth: { type: "bearer", token } }),
      retryPolicy,
    });
  return vendorEvents.registerCampaignEvents({
    name,
    callbackUrl: url,
    events: ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"],
    enabled: true,
    ...(Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
  });
}

/** Creates a registration; after a lost reply, listing shows whether it was created. */
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

/** How many audit entries are searched for the beginning of a registration. */
const ENTRIES = 100;

/** A registration as outdial's own records name it. */
interface Recorded {
  readonly kind: string;
  readonly name: string;
  readonly address: string;
}

/** How records name a registration: without the query of its address, which may hold a secret. */
export function recordedOf(kind: VendorWebhookKind, name: string, url: string) {
  const { origin, pathname } = new URL(url);
  return { kind, name, address: `${origin}${pathname}` };
}

/**
 * What outdial's own records say of a registration: `isOpen` when it was begun and not ended, `known` when it was made and not removed
 * since.
 */
export async function ownRegistration(
  audit: Pick<Store["audit"], "list">,
  wanted: Recorded,
): Promise<{ readonly isOpen: boolean; readonly known: KnownThing | undefined }> {
  const entries = await audit.list({ text: wanted.address, newestFirst: true, limit: ENTRIES });
  const last = entries.find(({ action, details }) => {
    const said = registered.safeParse(details);
    const isSame =
      said.success && Object.entries(wanted).every(([key, value]) => said.data[key as keyof typeof wanted] === value);
    return isSame && action.startsWith("webhook.register");
  });
  const isOpen = last?.action === "webhook.register.begin";
  if (last?.action !== "webhook.register") return { isOpen, known: undefined };
  const removed = await audit.list({ action: "webhook.remove", subject: last.subject, newestFirst: true, limit: 1 });
  const isRemoved = (removed[0]?.seq ?? 0) > last.seq;
  return { isOpen, known: isRemoved ? undefined : { id: last.subject, name: wanted.name, at: Date.parse(last.time) } };
}

/** Throws OperationError `not_available` for a registration that outdial made and the tenant's list lacks. @param what such as "the tenant's list" */
export function refuseSecond(known: KnownThing | undefined, what: string): void {
  const shorter = shorterWords(compare({ ids: new Set() }, { things: known === undefined ? [] : [known] }), what, "registration");
  if (shorter === undefined || known === undefined) return;
  throw new OperationError("not_available", `${shorter}; a second one would deliver each event twice`, {
    advice: `Look in the vendor's administration. When it is gone: outdial webhooks remove ${known.id} --gone.`,
  });
}

/** A registration that outdial made, by its id. */
async function recordedAs(audit: Pick<Store["audit"], "list">, id: string): Promise<VendorWebhook | undefined> {
  const [entry] = await audit.list({ action: "webhook.register", subject: id, newestFirst: true, limit: 1 });
  const said = registered.safeParse(entry?.details);
  if (!said.success) return undefined;
  const kind = VENDOR_WEBHOOKS.find((one) => one === said.data.kind);
  return kind === undefined ? undefined : { kind, id, name: said.data.name, url: said.data.address, events: [] };
}

const registered = z.object({ kind: z.string(), name: z.string(), address: z.string() });

/** Whether two addresses are the same, however they are written. */
function sameAddress(a: string, b: string): boolean {
  return (URL.parse(a)?.href ?? a) === (URL.parse(b)?.href ?? b);
}
