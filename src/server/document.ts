// The API's description without a service: for the file that is published and for its check.

import { LoginThrottle } from "./access/throttle.ts";
import { FeedHub } from "./live/hub.ts";
import { apiRoutes } from "./routes/index.ts";
import { openApiDocument } from "./routing/openapi.ts";

/** The OpenAPI 3.1 document of the service. @param version of the package */
export function serviceOpenApi(version: string): object {
  return openApiDocument(describedRoutes(), version);
}

/** Method and path of every operation, as a file of the dashboard. */
export function routeTable(): string {
  const rows = describedRoutes().map(({ id, method, path }) => `  "${id}": ["${method.toUpperCase()}", "${path}"],`);
  return [
    "// Generated from the routes of the service by npm run generate.",
    "",
    'import type { Api } from "../../server/index.ts";',
    "",
    "export const ROUTES = {",
    ...rows,
    '} as const satisfies Readonly<Record<Api["id"], readonly [string, string]>>;',
    "",
  ].join("\n");
}

export function describedRoutes() {
  const clock = { now: nothing, sleep: nothing };
  const feed = { after: nothing, reaches: nothing, end: nothing };
  return apiRoutes({
    clock,
    feed,
    hub: new FeedHub({ feed, access: { inForce: nothing }, clock, log: nothing }),
    throttle: new LoginThrottle(clock),
    facts: { version: "", fourEyes: false, timeZone: "UTC", startedAt: 0, https: false, tenant: null, profile: "", lacks: [] },
    logLine: nothing,
    access: {
      openWithToken: nothing,
      openWithCode: nothing,
      endSession: nothing,
      listTokens: nothing,
      addToken: nothing,
      revokeToken: nothing,
    },
    requests: { listApprovals: nothing, approval: nothing, askerEnded: nothing, decideApproval: nothing, endApproval: nothing },
    replica: "",
    work: {
      attention: nothing,
      campaigns: nothing,
      campaignFiles: nothing,
      contacts: nothing,
      failover: nothing,
      jobs: nothing,
      interactions: nothing,
      dialer: nothing,
      simulate: nothing,
      outcomes: nothing,
      outcomesCrm: nothing,
      compliance: nothing,
      facts: nothing,
      audit: nothing,
      deliveries: nothing,
      inbound: nothing,
      vendorWebhooks: nothing,
      tenant: nothing,
    },
  });
}

/** Routes are described here without anything to act on. */
function nothing(): never {
  throw new Error("the API is described here, not served");
}
