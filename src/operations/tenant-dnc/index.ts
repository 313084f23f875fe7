export { type DncBeforeStart, dncBeforeStart, dncWords, type NamedStart, notHeld } from "./before-start.ts";
export { GroupKeeper } from "./keep.ts";
export { TenantCallbacks, TenantDnc } from "./use-cases.ts";
