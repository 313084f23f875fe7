// Registrations at the tenant for its own events.

export {
  type DeliveryProof,
  RETRY_POLICY,
  VENDOR_WEBHOOKS,
  type VendorRetryPolicy,
  type VendorWebhook,
  type VendorWebhookDraft,
  type VendorWebhookKind,
  VendorWebhookUseCases,
  vendorWebhooksOf,
} from "./use-cases.ts";
