export { type DncBeforeStart, dncBeforeStart, dncWords, type NamedStart, notHeld } from "./before-start.ts";
export { TenantCallbacks } from "./callbacks.ts";
export { GroupKeeper } from "./keep.ts";
export { TenantDnc } from "./use-cases.ts";
