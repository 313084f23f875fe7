// Whether a number is on the company's do-not-call list, and its history.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "../view/format.ts";
import { Pill } from "./pill.tsx";
import { Time } from "./time.tsx";

export function SuppressionFacts({
  answer: { number, suppressedSince, registries, checkedAgainst, history },
}: {
  readonly answer: Omit<ApiTypes.SuppressionView, "others">;
}) {
  return (
    <div class="stack">
      <div class="row">
        <strong class="mono">{number}</strong>
        {suppressedSince === null ? (
          <Pill state="" tone="good" text="not suppressed" />
        ) : (
          <>
            <Pill state="" tone="bad" text="suppressed" />
            <span>
              since <Time at={suppressedSince} />
            </span>
          </>
        )}
        {registries.length === 0 ? null : <span class="break">on {registries.join(", ")}</span>}
        {checkedAgainst.map(({ registry, asOf }) => (
          <span class="break" key={registry}>
            {asOf === null ? `no registry file of ${registry} covers it` : `registry ${registry} of ${asOf}`}
          </span>
        ))}
      </div>
      {history.length === 0 ? null : (
        <ul class="effects">
          {history.map(({ origin, code, reference, recordedAt, actor, lift }) => (
            <li class="break" key={`${recordedAt} ${reference}`}>
              <Time at={recordedAt} /> {words(origin)}: {code}, by {actor}
              {reference === "" ? "" : ` (${reference})`}
              {lift === null ? null : (
                <>
                  ; lifted <Time at={lift.at} /> by {lift.actor}: {lift.reason}
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
