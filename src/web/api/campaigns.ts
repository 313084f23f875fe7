// The list of campaigns on a page that stays open: read once, then its rows come as they change over the stream that is open anyway.

import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ApiTypes } from "../../server/index.ts";
import { type ListedAt, useDashboard } from "./dashboard.ts";
import { merged, type Resource, type ResourceState, useResource } from "./resource.ts";

/** The stream tells that nothing has changed, too; after so long a silence the list is read, which says what is the matter, ms. */
const SILENT_MS = 20_000;

/** What came last: what was read, or what the stream has told. */
export function useCampaigns(): Resource<ApiTypes.CampaignList> {
  const { live, now } = useDashboard();
  const read = useResource("campaigns.list", {}, { sticky: true });
  useEffect(() => {
    const release = live.withRows();
    const beat = setInterval(() => {
      if (now() - (live.rows.peek()?.at ?? 0) > SILENT_MS) read.reload();
    }, SILENT_MS);
    return () => {
      clearInterval(beat);
      release();
    };
  }, [live]);
  const state = useComputed(() => latestOf(read.state.value, live.rows.value));
  return { state, reload: read.reload };
}

/** What came last of the two; a reading that failed since is told with it. */
export function latestOf(
  read: ResourceState<ApiTypes.CampaignList>,
  told: ListedAt | undefined,
): ResourceState<ApiTypes.CampaignList> {
  if (told === undefined || (read.kind === "ready" && read.at > told.at)) return read;
  const failed = read.kind === "ready" ? read.failed : read;
  const rows = { kind: "ready", value: told.list, at: told.at } as const;
  return failed?.kind === "failed" && failed.at > told.at ? merged(rows, failed) : rows;
}
