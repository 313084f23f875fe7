// The dialer's settings: what is in force, the change under way step by step, a new change behind a preview, the history with its differences.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age, NotReadable } from "../../ui/age.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Loaded } from "../../ui/states.tsx";
import { leavesOf, VERSION_TAG, valueText } from "../../view/changes.ts";
import { Change } from "./change.tsx";
import { labelOf } from "./draft.ts";
import { DraftForm } from "./draft-form.tsx";
import { History } from "./history.tsx";
import { PredictionBands } from "./prediction.tsx";
import { isShownInForce } from "./words.ts";

const LIVE = { on: ({ type }: ApiTypes.ServiceEvent) => type === "dialer" || type === "tenant", every: 10_000 };

export default function DialerPage() {
  const { query } = useLocation();
  const followed = useSignal<number | undefined>(undefined);
  const { campaign } = query;
  const dialer = useResource("dialer.show", { query: { campaign } }, LIVE);
  const onBegun = (version: number | undefined) => {
    followed.value = version;
    dialer.reload();
  };
  const state = dialer.state.value;
  // Whoever began it: a person who watches a change, or has a word on it, sees its end.
  useSignalEffect(() => {
    const seen = dialer.state.value;
    if (seen.kind === "ready" && seen.value.open !== null) followed.value = seen.value.open.version;
  });
  return (
    <Page
      title="Dialer"
      lead="Settings of the predictive dialer. A change is checked, simulated, activated, read back, and put back if it does not hold."
    >
      <Loaded of={dialer} what="the settings">
        {(view) => (
          <>
            {view.open === null ? <Followed version={followed.value} /> : <Change change={view.open} onDone={dialer.reload} />}
            {view.choose === null ? null : <Choose view={view} query={query} />}
            <NotReadable failed={view.failed} asOf={view.asOf} />
            {view.problem === null || isUnchosen(view) ? null : (
              <div class="banner">
                <span class="break">{view.problem}</span>
              </div>
            )}
            {isUnchosen(view) ? null : (
              <div class="grid">
                <section class="card" aria-label={headOf(view)}>
                  <div class="card-head">
                    <h2>{headOf(view)}</h2>
                    <span class="aside muted small mono break">
                      {view.asOf === null ? "" : view.tag === null ? "no version tag, read " : `tag ${view.tag}, read `}
                      <Age at={view.asOf} />
                    </span>
                  </div>
                  {isShownInForce(view.open) ? null : (
                    <p class="warn">
                      A change is under way. The tenant shows new settings from the moment it takes them: these may not be in
                      force yet.
                    </p>
                  )}
                  {view.asOf === null ? (
                    <p class="muted">The settings are being read of the tenant, and appear here by themselves.</p>
                  ) : (
                    <dl class="facts">
                      {leavesOf(view.settings)
                        .filter(([path]) => path !== VERSION_TAG)
                        .map(([path, value]) => (
                          <Leaf key={path} path={path} value={value} />
                        ))}
                    </dl>
                  )}
                  {view.prediction === null ? null : (
                    <>
                      <h3 class="section-head">Predicted</h3>
                      <PredictionBands prediction={view.prediction} />
                    </>
                  )}
                </section>
                <DraftForm key={view.campaign} view={view} query={query} onBegun={onBegun} />
              </div>
            )}
          </>
        )}
      </Loaded>
      {/* Not above what is still to come: it would be pushed down. */}
      {state.kind === "loading" ? null : <History inForce={state.kind === "ready" ? state.value : undefined} onBegun={onBegun} />}
    </Page>
  );
}

const headOf = ({ open }: ApiTypes.DialerView) => (isShownInForce(open) ? "In force" : "As the tenant shows them");

/** Each campaign has settings of its own, and none is chosen yet. */
const isUnchosen = ({ choose, campaign }: ApiTypes.DialerView): boolean => choose !== null && campaign === null;

/** The campaigns, each with the way to its settings; what else stands in the address stays there. */
function Choose({ view, query }: { readonly view: ApiTypes.DialerView; readonly query: Readonly<Record<string, string>> }) {
  const campaigns = view.choose ?? [];
  return (
    <section class="card stack" aria-label="Campaign">
      <p>{isUnchosen(view) ? view.problem : "Settings are per campaign on this profile."}</p>
      {campaigns.length === 0 ? <p class="muted">No campaign is known yet.</p> : null}
      <ul class="row">
        {campaigns.map(({ id, name }) => (
          <li key={id}>
            <a
              href={`/dialer?${new URLSearchParams({ ...query, campaign: id }).toString()}`}
              aria-current={id === view.campaign ? "true" : undefined}
            >
              <NameText text={name} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The change that was begun or seen here, shown to its end also once it is no longer the open one. */
function Followed({ version }: { readonly version: number | undefined }) {
  const change = useResource("dialer.change", version === undefined ? undefined : { params: { version } }, LIVE);
  const state = change.state.value;
  return version === undefined || state.kind !== "ready" ? null : <Change change={state.value} onDone={change.reload} />;
}

function Leaf({ path, value }: { readonly path: string; readonly value: unknown }) {
  return (
    <>
      <dt title={path}>
        <NameText text={labelOf(path)} />
      </dt>
      <dd>
        <NameText text={valueText(value)} />
      </dd>
    </>
  );
}
