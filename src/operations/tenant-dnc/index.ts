export { type DncDifference, type DncPush, TenantCallbacks, TenantDnc, tenantNumber } from "./use-cases.ts";
