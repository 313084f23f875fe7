// A tenant of the profile `acd`. Loaded only when it is used, so that `rest` does not pay for it.

export { type AcdTenant, createAcdTenant } from "./tenant.ts";
