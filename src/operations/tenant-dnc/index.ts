export { type DncDifference, type DncPush, TenantCallbacks, TenantDnc } from "./use-cases.ts";
