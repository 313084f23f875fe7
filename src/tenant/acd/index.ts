// A tenant of the profile `acd`. Loaded only by who speaks it: what speaks `rest` pays nothing for it.

export { type AcdTenant, createAcdTenant } from "./tenant.ts";
