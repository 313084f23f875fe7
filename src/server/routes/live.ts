// Live updates.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import { serviceEvent } from "../../operations/views/index.ts";
import type { ServiceFeed } from "../../store/index.ts";
import type { FeedHub } from "../live/hub.ts";
import { eventStream } from "../live/stream.ts";
import { rawRoute } from "../routing/route.ts";

export interface LiveDeps {
  readonly clock: Clock;
  readonly feed: Pick<ServiceFeed, "reaches" | "end" | "after">;
  readonly hub: FeedHub;
  readonly logLine: (message: string) => void;
}

export function liveRoutes({ clock, feed, hub, logLine }: LiveDeps) {
  return [
    rawRoute({
      id: "events.stream",
      method: "get",
      path: "/events",
      summary: "Live updates as server-sent events",
      description:
        "Each event has an id; Last-Event-ID resumes behind it (browsers send it by themselves; others may give `after`). A `reset` event says that what was missed is no longer kept: read the views anew. A comment comes every 15 s. The stream ends within a few seconds after its token or session.",
      role: "viewer",
      query: z.strictObject({ after: z.string().optional() }),
      replyType: "text/event-stream",
      reply: serviceEvent,
      handle: ({ query, headers, who, signal }) =>
        eventStream(headers.get("last-event-id") ?? query.after, who, { hub, feed, clock, log: logLine }, signal),
    }),
  ];
}
