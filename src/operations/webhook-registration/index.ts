// Registrations at the tenant for its own events.

export {
  type DeliveryProof,
  VENDOR_WEBHOOKS,
  type VendorWebhook,
  type VendorWebhookDraft,
  type VendorWebhookKind,
  VendorWebhookUseCases,
  vendorWebhooksOf,
} from "./use-cases.ts";
