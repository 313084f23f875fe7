// Registrations for the vendor's own events.

export {
  listVendorWebhooks,
  registerVendorWebhook,
  removeVendorWebhook,
  VENDOR_WEBHOOKS,
  type VendorWebhook,
  type VendorWebhookKind,
  type WebhookDesk,
} from "./registration.ts";
