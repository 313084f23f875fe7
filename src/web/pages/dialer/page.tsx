// The dialer's settings: what is in force, the change under way step by step, a new change behind a preview, the history with its differences.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { begunVersion, waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { Asking } from "../../api/operation.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age } from "../../ui/age.tsx";
import { Changes } from "../../ui/changes.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { More } from "../../ui/more.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { NotReadable } from "../../ui/not-readable.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { leavesOf, sameSettings, VERSION_TAG, valueText } from "../../view/changes.ts";
import { words } from "../../view/format.ts";
import { Change } from "./change.tsx";
import { type Draft, draftKey, draftOf, FIELDS, fileOf, GUARD, keptDraft, labelOf, touchedBy } from "./draft.ts";
import { PredictionBands } from "./prediction.tsx";
import { PreviewBody } from "./preview-body.tsx";
import { changeCalled, isShownInForce } from "./words.ts";

/** Every version of the settings with what it changed, and the rollback to it. */
interface HistoryProps {
  /** The settings as they were last read of the tenant; undefined: not known. */
  readonly inForce: Pick<ApiTypes.DialerView, "settings" | "campaign" | "open"> | undefined;
  readonly onBegun: (version: number | undefined) => void;
}

function History({ inForce, onBegun }: HistoryProps) {
  const { client, session, toasts } = useDashboard();
  const chosen = useSignal<number | undefined>(undefined);
  const why = useWhy(session.needs("operator", "Rolling back"));
  const isShown = ({ settings, campaign }: ApiTypes.DialerVersion) =>
    inForce !== undefined &&
    inForce.settings !== null &&
    campaign === inForce.campaign &&
    sameSettings(settings, inForce.settings);
  // The service goes back only to what was in force to its end.
  const canReturn = (one: ApiTypes.DialerVersion) => !isShown(one) && (one.kind === "observed" || one.outcome === "applied");
  return (
    <section class="stack" aria-label="History">
      <h2>History</h2>
      <More
        of="dialer.history"
        what="versions"
        options={{ on: ({ type }) => type === "dialer" }}
        empty={
          <Empty title="No version yet">
            <p>The first change keeps the settings it found as version 1.</p>
          </Empty>
        }
      >
        {(versions) => (
          <>
            {versions.some(canReturn) ? why.said : null}
            <Table
              caption="Versions of the settings"
              rows={versions}
              rowKey={({ version }) => version}
              columns={[
                { name: "Version", head: true, cell: ({ version }) => version },
                {
                  name: "How it ended",
                  cell: ({ kind, outcome, phase, status, rejected, message }) => (
                    <>
                      {kind === "observed" ? (
                        <Pill state="" text="found in force" />
                      ) : (
                        <Pill state="" {...changeCalled({ phase, outcome, isStill: status === "stopped" })} />
                      )}{" "}
                      {rejected ? <Pill state="rejected" tone="bad" text="did not hold" /> : null}
                      {message === null ? null : <span class="cell-note break">{message}</span>}
                    </>
                  ),
                },
                {
                  name: "Changes",
                  cell: ({ changes, kind }) =>
                    changes.length === 0 ? (
                      <span class="muted">{words(kind)}</span>
                    ) : (
                      <Changes changes={changes} labelOf={labelOf} />
                    ),
                },
                {
                  name: "By",
                  cell: ({ actor, campaign, sourceName, createdAt }) => (
                    <>
                      <span class="break">{actor}</span>
                      <span class="cell-note break">
                        {campaign === null ? null : `campaign ${campaign} · `}
                        {sourceName} · <Time at={createdAt} />
                      </span>
                    </>
                  ),
                },
                {
                  name: "Roll back",
                  cell: (one) => {
                    const { version } = one;
                    if (isShown(one)) return <Shown open={inForce?.open ?? null} />;
                    if (!canReturn(one)) return <span class="muted">–</span>;
                    return (
                      <button
                        type="button"
                        class="button"
                        {...why.off}
                        aria-label={`Roll back to version ${version}`}
                        onClick={() => {
                          chosen.value = version;
                        }}
                      >
                        Roll back
                      </button>
                    );
                  },
                },
              ]}
            />
          </>
        )}
      </More>
      {chosen.value === undefined ? null : (
        <Confirm
          key={chosen.value}
          title={`Roll back to version ${chosen.value}`}
          verb="Roll back"
          word={`version ${chosen.value}`}
          preview={async () => {
            const preview = await client.ask("dialer.previewRollback", { body: { version: chosen.value } });
            return { confirm: preview.confirm, refusals: preview.refusals, body: <PreviewBody preview={preview} /> };
          }}
          onConfirm={async (confirm) => {
            const answer = await client.ask("dialer.rollback", { body: { version: chosen.value, confirm: confirm ?? "" } });
            toasts.show(...waitsForApproval(answer, () => ["good", "The rollback has begun"]));
            onBegun(begunVersion(answer));
          }}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </section>
  );
}

/** Beside the version that the tenant shows. */
function Shown({ open }: Pick<ApiTypes.DialerView, "open">) {
  return isShownInForce(open) ? (
    <Pill state="" tone="good" text="in force" />
  ) : (
    <Pill state="" tone="info" text="shown by the tenant" />
  );
}

/** New settings: a form that begins with what is in force or with a plan of the simulator, and ends in a preview. */
interface DraftFormProps {
  readonly view: ApiTypes.DialerView;
  readonly query: Readonly<Record<string, string>>;
  readonly onBegun: (version: number | undefined) => void;
}

function DraftForm({ view, query, onBegun }: DraftFormProps) {
  const { client, session, toasts } = useDashboard();
  const plan = touchedBy(query);
  const isPlan = Object.keys(plan).length > 0;
  // Only what a person sets: the rest follows what is in force, also when somebody else changes it meanwhile.
  const key = draftKey(view.campaign);
  const kept = useMemo(() => (isPlan ? {} : keptDraft(sessionStorage.getItem(key))), []);
  const touched = useSignal<Draft>({ ...kept, ...plan });
  const draft = draftOf(view, touched.value);
  const keep = (next: Draft) => {
    touched.value = next;
    if (Object.keys(next).length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(next));
  };
  const touch = (field: string, value: string) => keep({ ...touched.value, [field]: value });
  const guard = draft[GUARD] ?? "";
  const override = useSignal(false);
  const open = useSignal(false);
  const why = useWhy(session.needs("operator"));
  const proposed = useRef<Asking<"dialer.preview">["body"]>({ file: {} });
  const proposal = (begin: ApiTypes.DialerView) => ({
    file: fileOf(begin, touched.value),
    ...(begin.campaign === null ? {} : { campaign: begin.campaign }),
    sourceName: isPlan ? "simulator" : "dashboard",
    ...(override.value ? { overrides: ["predicted_abandonment"] } : {}),
    ...(guard === "" ? {} : { guardMinutes: Number(guard) }),
  });
  return (
    <section class="card" aria-label="New settings">
      <div class="card-head">
        <h2>New settings</h2>
        {isPlan ? <span class="aside muted small">a plan from the simulator</span> : null}
        {isPlan || Object.keys(touched.value).length === 0 ? null : (
          <button type="button" class="button quiet aside" onClick={() => keep({})}>
            Discard the draft
          </button>
        )}
      </div>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          open.value = true;
        }}
      >
        <div class="field-grid">
          <TextField
            label="Name"
            value={draft["name"] ?? ""}
            required
            wide
            hint="of the settings at the tenant"
            onChange={(value) => touch("name", value)}
          />
          {FIELDS.map(({ name: field, label, hint }) => (
            <TextField
              key={field}
              label={label}
              type="number"
              value={draft[field] ?? ""}
              {...(hint === undefined ? {} : { hint })}
              onChange={(value) => touch(field, value)}
            />
          ))}
          <TextField
            label="Guard, minutes"
            wide
            type="number"
            value={guard}
            hint="watch the figures for so long and put the old settings back; may be left empty"
            onChange={(value) => touch(GUARD, value)}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={override.value}
            onChange={(event) => {
              override.value = event.currentTarget.checked;
            }}
          />
          Pass the gate on predicted abandonment by name; it is written into the audit
        </label>
        <div class="row end">
          {why.said}
          <button type="submit" class="button primary" {...why.off}>
            Check and preview
          </button>
        </div>
      </form>
      {open.value ? (
        <Confirm
          title={`Apply ${draft["name"] ?? ""}`}
          verb="Apply"
          word="apply"
          preview={async () => {
            // What is in force now, not when the page was read; and what is applied is what was previewed.
            proposed.current = proposal(
              await client.ask("dialer.show", { query: { fresh: true, campaign: view.campaign ?? undefined } }),
            );
            const preview = await client.ask("dialer.preview", { body: proposed.current });
            return { confirm: preview.confirm, refusals: preview.refusals, body: <PreviewBody preview={preview} /> };
          }}
          onConfirm={async (confirm) => {
            const answer = await client.ask("dialer.apply", { body: { ...proposed.current, confirm: confirm ?? "" } });
            toasts.show(...waitsForApproval(answer, () => ["good", "The change is on its way"]));
            // The next draft begins with what is in force, and passes no gate.
            keep({});
            override.value = false;
            onBegun(begunVersion(answer));
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

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
            <NotReadable parts={[view.known]} />
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
                      {view.known.at === null ? "" : view.tag === null ? "no version tag, read " : `tag ${view.tag}, read `}
                      <Age at={view.known.at} />
                    </span>
                  </div>
                  {isShownInForce(view.open) ? null : (
                    <p class="warn">
                      A change is under way. The tenant shows new settings from the moment it takes them: these may not be in
                      force yet.
                    </p>
                  )}
                  {view.known.at === null ? (
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
