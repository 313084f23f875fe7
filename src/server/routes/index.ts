// All routes of the API.

import type { Clock } from "../../kernel/index.ts";
import type { Access, ServiceFeed, ServiceRequests } from "../../store/index.ts";
import type { LoginThrottle } from "../access/throttle.ts";
import type { FeedHub } from "../live/hub.ts";
import type { ApiRoute } from "../routing/route.ts";
import { type AuditPort, auditRoutes } from "./audit.ts";
import { type DeliveriesPort, deliveryRoutes } from "./deliveries.ts";
import { type DialerPort, dialerRoutes } from "./dialer.ts";
import { type JobsPort, jobRoutes } from "./jobs.ts";
import { liveRoutes } from "./live.ts";
import { type ServiceFacts, sessionRoutes } from "./session.ts";

/** What routes act on, one port a group; asked for when a request needs it. */
export interface Work {
  readonly jobs: () => JobsPort;
  readonly dialer: () => DialerPort;
  readonly audit: () => AuditPort;
  readonly deliveries: () => DeliveriesPort;
}

export interface RouteDeps {
  readonly clock: Clock;
  readonly access: Access;
  readonly requests: ServiceRequests;
  readonly feed: ServiceFeed;
  readonly throttle: LoginThrottle;
  readonly facts: ServiceFacts;
  readonly hub: FeedHub;
  readonly logLine: (message: string) => void;
  readonly work: Work;
}

/** Every route, in the order of the reference. */
export function apiRoutes(deps: RouteDeps): readonly ApiRoute[] {
  const { work } = deps;
  return [
    ...sessionRoutes(deps),
    ...liveRoutes(deps),
    ...jobRoutes(work.jobs),
    ...dialerRoutes(work.dialer),
    ...auditRoutes(work.audit),
    ...deliveryRoutes(work.deliveries),
  ];
}
