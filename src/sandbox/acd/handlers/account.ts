// The calling user, the business unit and its feature switches.

import { ACD_OPERATION_IDS, acdOperationOf, acdTemplate } from "../../../contract/acd/index.ts";
import { invalid, ok } from "../answer.ts";
import { type AcdHandlers, bodyField } from "../call.ts";
import { inForm, page } from "../reply.ts";
import { time } from "../world.ts";

const WINDOWS_ZONES = [
  ["Eastern Standard Time", "-05:00"],
  ["Central Standard Time", "-06:00"],
  ["Mountain Standard Time", "-07:00"],
  ["US Mountain Standard Time", "-07:00"],
  ["Pacific Standard Time", "-08:00"],
  ["Alaskan Standard Time", "-09:00"],
  ["Hawaiian Standard Time", "-10:00"],
  ["UTC", "+00:00"],
] as const;

export const account: AcdHandlers<
  | "getBusinessUnit"
  | "getPermissions"
  | "getAgentPermissions"
  | "getServerTime"
  | "getApiVersions"
  | "listOutboundRoutes"
  | "getBuTimeZones"
  | "putBuTimeZones"
  | "listTimeZones"
> = {
  getBusinessUnit(call) {
    const unit = {
      businessUnitId: call.state.businessUnitId,
      tenantId: call.switches.tenantId,
      businessUnitName: call.tenant.scenario.organization,
      allowPredictiveDialing: call.switches.predictive,
      enableSkillAbandonRate: call.switches.skillAbandonRate,
      abandonRateScope: "Skill",
      callSuppression: true,
      priorityBasedBlending: false,
      outboundPortLimit: 500,
      agentlessPortLimit: 0,
      concurrentPortLimit: 1000,
      daysUntilListSourceIsFlaggedForDeletion: 30,
      defaultContactExpirationMinutes: 43_200,
      defaultTimeZone: "Eastern Standard Time",
      apiPublishedLimit: 0,
      features: [{ productId: 17, productDescription: PERSONAL_CONNECTION_PRODUCT, isEnabled: true }],
    };
    return page(call, "businessUnits", [unit], { emptyIs204: false });
  },
  getPermissions: (call) => permissions(call),
  getAgentPermissions: (call) => permissions(call),
  getServerTime: (call) => ok({ ServerTime: time(call.now) }),
  getApiVersions(call) {
    const sought = call.query.text("searchUriText")?.toLowerCase();
    const verb = call.query.text("verb")?.toUpperCase();
    const rows = ACD_OPERATION_IDS.flatMap((id) => {
      const { versions, method } = acdOperationOf(id);
      if (versions === undefined || (verb !== undefined && verb !== method)) return [];
      const uri = acdTemplate(id, versions.pin);
      return sought !== undefined && !uri.toLowerCase().includes(sought)
        ? []
        : [versions.pin, ...("fallbacks" in versions ? (versions.fallbacks ?? []) : [])].map((version) => ({
            uri: acdTemplate(id, version),
            version: `v${version}.0`,
            verb: method,
          }));
    });
    return ok({ apiInfo: rows });
  },
  listOutboundRoutes: (call) => page(call, "outboundRoutes", [{ routeId: 0, routeName: "Default" }], { emptyIs204: false }),
  getBuTimeZones: (call) => ok({ timezones: call.state.zones.map((standardName) => ({ standardName })) }),
  putBuTimeZones(call) {
    const zones = bodyField(call.body, "timezones");
    if (!Array.isArray(zones)) throw invalid("Invalid parameter");
    call.state.zones = zones.map((zone: unknown) => bodyField(zone, "standardName") ?? zone);
    return ok();
  },
  listTimeZones: (call) =>
    ok({
      timeZones: WINDOWS_ZONES.map(([standardName, offset]) =>
        inForm(call, { displayName: `(UTC${offset}) ${standardName}`, standardName, offset }),
      ),
    }),
};

const PERSONAL_CONNECTION_PRODUCT = "Personal Connection Dialer";

function permissions(call: Parameters<AcdHandlers["getPermissions"]>[0]) {
  const named = [...new Set(ACD_OPERATION_IDS.flatMap((id) => acdOperationOf(id).permission ?? []))].sort();
  const lacking = new Set(call.switches.withoutPermissions);
  return ok({
    permissions: named.map((Key) => ({
      BusinessUnitId: call.state.businessUnitId,
      Key,
      Value: lacking.has(Key) ? "False" : "True",
    })),
  });
}
