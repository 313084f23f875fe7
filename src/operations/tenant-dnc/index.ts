export { type DncBeforeStart, dncBeforeStart, dncWords } from "./before-start.ts";
export { TenantCallbacks, TenantDnc } from "./use-cases.ts";
