// The dialer's settings: what is in force, the change under way step by step, a new change behind a preview, the history with its differences.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age, NotReadable } from "../../ui/age.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Loaded } from "../../ui/states.tsx";
import { leavesOf, valueText } from "../../view/changes.ts";
import { Change } from "./change.tsx";
import { DraftForm } from "./draft-form.tsx";
import { History } from "./history.tsx";
import { PredictionBands } from "./prediction.tsx";

/** Stands in the head already. */
const TAG = "versionTag";
const LIVE = { on: ({ type }: ApiTypes.ServiceEvent) => type === "dialer" || type === "tenant", every: 10_000 };

export default function DialerPage() {
  const { query } = useLocation();
  const followed = useSignal<number | undefined>(undefined);
  const dialer = useResource("dialer.show", {}, LIVE);
  const onBegun = (version: number | undefined) => {
    followed.value = version;
    dialer.reload();
  };
  return (
    <Page
      title="Dialer"
      lead="Settings of the predictive dialer. A change is checked, simulated, activated, read back, and put back if it does not hold."
    >
      <Loaded of={dialer} what="the settings">
        {(view) => (
          <>
            {view.open === null ? <Followed version={followed.value} /> : <Change change={view.open} onDone={dialer.reload} />}
            <NotReadable failed={view.failed} asOf={view.asOf} />
            {view.problem === null ? null : (
              <div class="banner">
                <span class="break">{view.problem}</span>
              </div>
            )}
            <div class="grid">
              <section class="card" aria-label="In force">
                <div class="card-head">
                  <h2>In force</h2>
                  <span class="aside muted small mono break">
                    {view.asOf === null ? "" : view.tag === null ? "no version tag, read " : `tag ${view.tag}, read `}
                    <Age at={view.asOf} />
                  </span>
                </div>
                {view.asOf === null ? (
                  <p class="muted">The settings are being read of the tenant, and appear here by themselves.</p>
                ) : (
                  <dl class="facts">
                    {leavesOf(view.settings)
                      .filter(([path]) => path !== TAG)
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
              <DraftForm view={view} query={query} onBegun={onBegun} />
            </div>
          </>
        )}
      </Loaded>
      <History onBegun={onBegun} />
    </Page>
  );
}

/** The change that was begun here, shown to its end also once it is no longer the open one. */
function Followed({ version }: { readonly version: number | undefined }) {
  const change = useResource("dialer.change", version === undefined ? undefined : { params: { version } }, LIVE);
  const state = change.state.value;
  return version === undefined || state.kind !== "ready" ? null : <Change change={state.value} onDone={change.reload} />;
}

function Leaf({ path, value }: { readonly path: string; readonly value: unknown }) {
  return (
    <>
      <dt class="mono">
        <NameText text={path} />
      </dt>
      <dd>
        <NameText text={valueText(value)} />
      </dd>
    </>
  );
}
