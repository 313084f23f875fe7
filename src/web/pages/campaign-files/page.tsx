// Campaigns as code in the page: a text of campaign files, what is wrong in which line, the plan against the tenant, its apply behind a confirmation,
// and the apply followed to its end.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Failed, Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { STANDING } from "../dialer/change.tsx";
import { GLYPHS } from "../dialer/steps.ts";
import { applyCalled } from "../dialer/words.ts";
import { DRAFT_KEY, draftOf, type FilesDraft, joined, keptDraft, NAME } from "./draft.ts";
import { Edited } from "./edited.tsx";
import { applySteps } from "./steps.ts";

/** How a text of campaign files begins: with what the tenant has now, with files of this machine, or with the example. */
interface BeginProps {
  /** A campaign of the address: the text begins with it at once. */
  readonly campaign: string | undefined;
  readonly discarded: FilesDraft | undefined;
  readonly onBegin: (draft: FilesDraft) => void;
}

/** An example as it is in the folder examples; of a campaign that is made piece by piece where that is how the tenant has them. */
const example = async (isOfPieces: boolean) =>
  (
    await (isOfPieces
      ? import("../../../../examples/campaign-acd.yaml?raw")
      : import("../../../../examples/campaigns/spring-renewals.yaml?raw"))
  ).default;

/** Longest name that the service takes, characters. */
const MOST_NAME = 200;

/** A text of several files has a name of its own. */
const nameOf = (files: readonly { readonly name: string }[]): string =>
  (files.length === 1 && files[0]?.name ? files[0].name : NAME).slice(-MOST_NAME);

function Begin({ campaign, discarded, onBegin }: BeginProps) {
  const { client, session, toasts } = useDashboard();
  const id = useId();
  const chosen = useSignal(campaign ?? "");
  const busy = useSignal(false);
  const error = useSignal<RequestError | undefined>(undefined);
  const state = session.state.value;
  const isAcd = state.kind === "signed_in" && state.me.service.profile === "acd";
  const begin = async (make: () => Promise<FilesDraft | undefined>) => {
    if (busy.peek()) return;
    busy.value = true;
    error.value = undefined;
    try {
      const made = await make();
      if (made !== undefined) onBegin(made);
    } catch (thrown) {
      error.value = thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
    } finally {
      busy.value = false;
    }
  };
  const exported = () =>
    begin(async () => {
      const { files, shorter } = await client.ask("campaigns.export", {
        query: { id: chosen.value === "" ? [] : [chosen.value] },
      });
      if (shorter !== null) toasts.show("bad", shorter);
      if (files.length === 0) {
        if (shorter === null) toasts.show("info", "The tenant has no campaign yet: begin with an example");
        return undefined;
      }
      const text = joined(files.map((file) => file.text));
      return draftOf(text, { base: text, name: nameOf(files) });
    });
  const opened = (files: FileList) =>
    begin(async () => {
      const texts = await Promise.all([...files].map((file) => file.text()));
      return draftOf(joined(texts), { name: nameOf([...files]) });
    });
  useEffect(() => {
    if (campaign !== undefined) void exported();
  }, []);
  return (
    <section class="card" aria-label="Begin">
      <h2>Begin with</h2>
      <div class="stack">
        <form
          class="upload pair"
          onSubmit={(event) => {
            event.preventDefault();
            void exported();
          }}
        >
          <CampaignField
            value={chosen.value}
            none="Every campaign"
            onChange={(value) => {
              chosen.value = value;
            }}
          />
          <button type="submit" class="button primary" aria-disabled={busy.value}>
            {busy.value ? "Reading the tenant …" : "What the tenant has now"}
          </button>
        </form>
        <div class="row bottom">
          <div class="field">
            <label for={id}>Files of this machine, YAML or JSON</label>
            <input
              id={id}
              class="input"
              type="file"
              multiple
              accept=".yaml,.yml,.json"
              onChange={(event) => {
                const { files } = event.currentTarget;
                if (files !== null && files.length > 0) void opened(files);
              }}
            />
          </div>
          <button type="button" class="button" onClick={() => void begin(async () => draftOf(await example(isAcd)))}>
            An example
          </button>
          {discarded === undefined ? null : (
            <button type="button" class="button" onClick={() => onBegin(discarded)}>
              The discarded draft
            </button>
          )}
        </div>
        {error.value === undefined ? null : <Failed error={error.value} />}
      </div>
    </section>
  );
}

// An apply of campaign files, followed campaign by campaign to its end; going on with one that stands still.

/** How often one that goes on is read, ms. */
const PACE = 1000;

function FollowedApply({ job, onEnd }: { readonly job: string; readonly onEnd: () => void }) {
  const ended = useSignal(false);
  const apply = useResource(
    "campaigns.applied",
    { params: { job } },
    { on: (event) => event.type === "job" && event.jobId === job, every: ended.value ? 60_000 : PACE, sticky: true },
  );
  const state = apply.state.value;
  const isOver = state.kind === "ready" && state.value.endedAt !== null;
  useEffect(() => {
    if (!isOver) return;
    ended.value = true;
    onEnd();
  }, [isOver]);
  return (
    <section class="card" aria-label="Apply">
      <Loaded of={apply} what="the apply">
        {(value) => <Apply apply={value} onDone={apply.reload} />}
      </Loaded>
    </section>
  );
}

export function Apply({ apply, onDone }: { readonly apply: ApiTypes.CampaignApplyView; readonly onDone: () => void }) {
  const { sourceName, actor, plan, job, phase, outcome, standing, stop, message, createdAt, endedAt } = apply;
  const isStill = stop !== null || (outcome === null && standing === "still");
  return (
    <>
      <div class="card-head">
        <h2 class="break">Apply of {sourceName}</h2>
        <Pill state="" {...applyCalled({ phase, outcome, isStill })} />
        <span class="aside muted small">{endedAt === null ? STANDING[standing] : "ended"}</span>
      </div>
      <ol class="steps" aria-live="polite">
        {applySteps(apply).map(({ name, text, state, told, message: said, fields }) => (
          <li key={name} class={state}>
            <span class="glyph" aria-hidden="true">
              {GLYPHS[state]}
            </span>
            <div class="break">
              {text}
              {said === null ? null : <span class="cell-note break">{said}</span>}
              {fields.length === 0 ? null : <Changes changes={fields} />}
            </div>
            <span class="muted small">{told}</span>
          </li>
        ))}
      </ol>
      {stop === null && message === null ? null : (
        <div class={`banner ${stop === null ? "" : "bad"}`} role={stop === null ? undefined : "alert"}>
          <span class="break">{stop?.message ?? message}</span>
        </div>
      )}
      <p class="muted small break">
        {actor}, <Time at={createdAt} />
        {endedAt === null ? null : (
          <>
            {" "}
            to <Time at={endedAt} />
          </>
        )}{" "}
        · plan <span class="mono">{plan.slice(0, 12)}</span> · <a href={`/jobs/${encodeURIComponent(job)}`}>job</a>
      </p>
      {endedAt === null && standing === "still" ? <GoOn job={job} onDone={onDone} /> : null}
    </>
  );
}

function GoOn({ job, onDone }: { readonly job: string; readonly onDone: () => void }) {
  const { client, session, toasts } = useDashboard();
  const why = useWhy(session.needs("operator"));
  const go = async () => {
    try {
      await client.ask("campaigns.resumeApply", { params: { job } });
      toasts.show("info", "The apply goes on");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  return (
    <div class="row end">
      {why.said}
      <button type="button" class="button" {...why.off} onClick={() => void go()}>
        Go on
      </button>
    </div>
  );
}

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
