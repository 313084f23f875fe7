// What a change would do, as the dialog of its confirmation shows it.

import type { ApiTypes } from "../../../server/index.ts";
import { Changes } from "../../ui/changes.tsx";
import { Pill } from "../../ui/pill.tsx";
import { leavesOf, valueText } from "../../view/changes.ts";
import { words } from "../../view/format.ts";
import { labelOf } from "./draft.ts";
import { NowThen, PredictionBands, PredictionBasis } from "./prediction.tsx";

/** What the checks found, worst first. */
function Findings({ findings }: { readonly findings: readonly ApiTypes.Finding[] }) {
  if (findings.length === 0) return <p class="good">All checks passed.</p>;
  const sorted = [...findings].sort((a, b) => b.severity.localeCompare(a.severity));
  return (
    <ul class="plain-list">
      {sorted.map(({ severity, check, path, message }) => (
        <li class="break" key={`${check} ${path} ${message}`}>
          <Pill state={severity} tone={severity === "violation" ? "bad" : "warn"} /> <code>{path}</code> {message}
        </li>
      ))}
    </ul>
  );
}

export function PreviewBody({ preview }: { readonly preview: ApiTypes.DialerPreview }) {
  const { changes, findings, prediction, inForce, rejectedBefore, overridden, guard } = preview;
  return (
    <div class="stack">
      <Changes changes={changes} labelOf={labelOf} />
      <h3>Checks</h3>
      <Findings findings={findings} />
      <h3>Prediction</h3>
      {typeof prediction === "string" ? (
        <p class="muted break">{prediction}</p>
      ) : inForce === null || typeof inForce === "string" ? (
        <>
          <PredictionBands prediction={prediction} />
          {inForce === null ? null : <p class="muted break">The settings in force: {inForce}</p>}
        </>
      ) : (
        <>
          <NowThen now={inForce} then={prediction} />
          <PredictionBasis prediction={prediction} />
        </>
      )}
      <Basis basis={preview.basis} />
      {guard === null ? null : (
        <p class="break">
          The figures of {guard.campaigns.length === 0 ? "no campaign" : guard.campaigns.join(", ")} are watched for{" "}
          {guard.minutes} minutes; the old settings come back when abandonment is surely too high.
        </p>
      )}
      {rejectedBefore === null ? null : (
        <div class="banner">
          <span class="break">
            Version {rejectedBefore.version} with these settings did not hold
            {rejectedBefore.message === null ? "" : `: ${rejectedBefore.message}`}
          </span>
        </div>
      )}
      {overridden.length === 0 ? null : <p class="warn break">Passed over by name: {overridden.join(", ")}</p>}
    </div>
  );
}

/** What a person said of the carrier and the calls: another expectation is another prediction. */
function Basis({ basis }: { readonly basis: ApiTypes.DialerPreview["basis"] }) {
  const given = leavesOf(basis).filter(([, value]) => typeof value === "number");
  if (given.length === 0) return null;
  return (
    <p class="muted small break">
      Checked and predicted with{" "}
      {given.map(([path, value]) => `${words(path.split(".").at(-1) ?? path).toLowerCase()} ${valueText(value)}`).join(", ")}.
    </p>
  );
}
