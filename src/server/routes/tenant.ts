// What the tenant can do, found out when somebody asks.

import { type TenantProbe, tenantProbe } from "../../operations/views/index.ts";
import { route } from "../routing/route.ts";

export interface TenantPort {
  /** Reads alone; writes nothing, ever. Throws TenantError when it is ended. */
  probe(): Promise<TenantProbe>;
}

export function tenantRoutes(tenant: () => TenantPort) {
  return [
    route({
      id: "tenant.probe",
      method: "post",
      path: "/tenant/probe",
      question: true,
      summary: "What the tenant can do, found out by reads alone: yes, no with the alternative, not permitted, or unknown",
      role: "operator",
      reply: tenantProbe,
      handle: () => tenant().probe(),
    }),
  ];
}
