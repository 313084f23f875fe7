// What a change would do, as the dialog of its confirmation shows it.

import type { ApiTypes } from "../../../server/index.ts";
import { Changes } from "../../ui/changes.tsx";
import { Findings } from "./findings.tsx";
import { PredictionBands } from "./prediction.tsx";

export function PreviewBody({ preview }: { readonly preview: ApiTypes.DialerPreview }) {
  const { changes, findings, prediction, rejectedBefore, overridden } = preview;
  return (
    <div class="stack">
      <Changes changes={changes} />
      <h3>Checks</h3>
      <Findings findings={findings} />
      <h3>Prediction</h3>
      {typeof prediction === "string" ? <p class="muted break">{prediction}</p> : <PredictionBands prediction={prediction} />}
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
