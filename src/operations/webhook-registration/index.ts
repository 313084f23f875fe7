// Registrations at the tenant for its own events.

export {
  type DeliveryProof,
  type ListedWebhooks,
  listedWebhooks,
  RETRY_POLICY,
  VENDOR_WEBHOOKS,
  type VendorRetryPolicy,
  type VendorWebhook,
  type VendorWebhookDraft,
  type VendorWebhookKind,
  VendorWebhookUseCases,
} from "./use-cases.ts";
