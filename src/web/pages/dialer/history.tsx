// Every version of the settings with what it changed, and the rollback to it.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { begunVersion, waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Changes } from "../../ui/changes.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { sameSettings } from "../../view/changes.ts";
import { words } from "../../view/format.ts";
import { labelOf } from "./draft.ts";
import { PreviewBody } from "./preview-body.tsx";
import { changeCalled, isShownInForce } from "./words.ts";

interface HistoryProps {
  /** The settings as they were last read of the tenant; undefined: not known. */
  readonly inForce: Pick<ApiTypes.DialerView, "settings" | "campaign" | "open"> | undefined;
  readonly onBegun: (version: number | undefined) => void;
}

export function History({ inForce, onBegun }: HistoryProps) {
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
