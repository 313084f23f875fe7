// Campaigns as code in the page: a text of campaign files, what is wrong in which line, the plan against the tenant, its apply behind a confirmation,
// and the apply followed to its end.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Time } from "../../ui/time.tsx";
import { applyCalled } from "../dialer/words.ts";
import { FollowedApply } from "./apply.tsx";
import { Begin } from "./begin.tsx";
import { DRAFT_KEY, type FilesDraft, keptDraft } from "./draft.ts";
import { Edited } from "./edited.tsx";

/** How often the applies are read, ms; while one goes on its phase is told here as well as above. */
const EVERY = 30_000;
const EVERY_WHILE_OPEN = 2000;

export default function CampaignFilesPage() {
  const { query, route } = useLocation();
  const { toasts } = useDashboard();
  const kept = useMemo(() => keptDraft(sessionStorage.getItem(DRAFT_KEY)), []);
  const draft = useSignal<FilesDraft | undefined>(kept);
  const discarded = useSignal<FilesDraft | undefined>(undefined);
  const isTold = useRef(false);
  const isOpen = useSignal(false);
  const applies = useResource(
    "campaigns.applies",
    { query: { limit: 10 } },
    { on: ({ type }) => type === "job", every: isOpen.value ? EVERY_WHILE_OPEN : EVERY, sticky: true },
  );
  useSignalEffect(() => {
    const read = applies.state.value;
    if (read.kind === "ready") isOpen.value = read.value.items.some(({ endedAt }) => endedAt === null);
  });
  const keep = (next: FilesDraft | undefined) => {
    draft.value = next;
    try {
      if (next === undefined) sessionStorage.removeItem(DRAFT_KEY);
      else sessionStorage.setItem(DRAFT_KEY, JSON.stringify(next));
    } catch {
      if (!isTold.current) toasts.show("bad", "The browser has no room for this draft: a reload loses it");
      isTold.current = true;
    }
  };
  const state = applies.state.value;
  const latest = state.kind === "ready" ? state.value.items : [];
  const job = query["apply"] ?? latest.find(({ endedAt }) => endedAt === null)?.job;
  const { campaign } = query;
  return (
    <Page
      title="Campaign files"
      lead="Campaigns described as text. A plan compares the text with the tenant and says what would change; an apply does exactly that plan."
    >
      {job === undefined ? null : <FollowedApply key={job} job={job} onEnd={applies.reload} />}
      {draft.value === undefined ? (
        <Begin campaign={campaign} discarded={discarded.value} onBegin={keep} />
      ) : (
        <Edited
          draft={draft.value}
          onChange={keep}
          onDiscard={() => {
            discarded.value = draft.value;
            keep(undefined);
            if (campaign !== undefined) route("/campaign-files", true);
          }}
          onBegun={(begun) => {
            applies.reload();
            if (begun !== undefined) route(`/campaign-files?apply=${encodeURIComponent(begun)}`);
          }}
        />
      )}
      {latest.length === 0 ? null : (
        <section class="stack" aria-label="Applies">
          <h2>Applies</h2>
          <SavedTable
            caption="Applies"
            saved="applies"
            rows={latest}
            rowKey={(one) => one.job}
            columns={[
              {
                name: "Apply",
                head: true,
                cell: (one) => (
                  <a class="break" href={`/campaign-files?apply=${encodeURIComponent(one.job)}`}>
                    {one.sourceName}
                  </a>
                ),
              },
              {
                name: "State",
                cell: ({ phase, outcome, standing }) => (
                  <Pill state="" {...applyCalled({ phase, outcome, isStill: outcome === null && standing === "still" })} />
                ),
              },
              {
                name: "Begun",
                cell: ({ createdAt, actor }) => (
                  <>
                    <Time at={createdAt} />
                    <span class="cell-note break">{actor}</span>
                  </>
                ),
              },
            ]}
          />
        </section>
      )}
    </Page>
  );
}
