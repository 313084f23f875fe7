// All routes of the API.

import type { Clock } from "../../kernel/index.ts";
import type { Access, ServiceFeed, ServiceRequests } from "../../store/index.ts";
import type { LoginThrottle } from "../access/throttle.ts";
import type { FeedHub } from "../live/hub.ts";
import type { ApiRoute } from "../routing/route.ts";
import { liveRoutes } from "./live.ts";
import { type ServiceFacts, sessionRoutes } from "./session.ts";

/** What routes act on, one port a group. */
export type Work = Readonly<Record<never, never>>;

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
  return [...sessionRoutes(deps), ...liveRoutes(deps)];
}
