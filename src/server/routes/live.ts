// Live updates.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import type { CampaignUseCases } from "../../operations/index.ts";
import { serviceEvent } from "../../operations/views/index.ts";
import type { ServiceFeed } from "../../store/index.ts";
import type { FeedHub } from "../live/hub.ts";
import { RowBoard } from "../live/rows.ts";
import { eventStream } from "../live/stream.ts";
import { flag } from "../routing/query.ts";
import { rawRoute } from "../routing/route.ts";

export interface LiveDeps {
  readonly clock: Clock;
  readonly feed: Pick<ServiceFeed, "reaches" | "end" | "after">;
  readonly hub: FeedHub;
  readonly logLine: (message: string) => void;
}

export function liveRoutes({ clock, feed, hub, logLine }: LiveDeps, campaigns: () => CampaignUseCases) {
  const board = new RowBoard({ clock, log: logLine, read: () => campaigns().list(false) });
  return [
    rawRoute({
      id: "events.stream",
      method: "get",
      path: "/events",
      summary: "Live updates as server-sent events",
      description:
        "Each event has an id; Last-Event-ID resumes behind it (browsers send it by themselves; others may give `after`). A `reset` event says that what was missed is no longer kept: read the views anew. A comment comes every 15 s. The stream ends within a few seconds after its token or session.",
      role: "viewer",
      query: z.strictObject({
        after: z.string().optional(),
        rows: flag.describe("true brings the rows of the list of campaigns as they change, in place of `campaign` events"),
      }),
      replyType: "text/event-stream",
      reply: serviceEvent,
      handle: ({ query, headers, who, signal }) => {
        const lastEventId = headers.get("last-event-id") ?? query.after;
        const zips = query.rows && /\bgzip\b/.test(headers.get("accept-encoding") ?? "");
        const asked = { lastEventId, who, signal, zips, board: query.rows ? board : undefined };
        return eventStream(asked, { hub, feed, clock, log: logLine });
      },
    }),
  ];
}
