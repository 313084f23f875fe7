// What was measured of a job, and what a retrieval or a push did.

import type { ApiTypes } from "../../../server/index.ts";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Time } from "../../ui/time.tsx";
import { decimal, whole, words } from "../../view/format.ts";

type Detail = ApiTypes.JobDetail;

export function Measured({ job: { measured, retrieval } }: { readonly job: Detail }) {
  if (measured === null && retrieval === null) return null;
  return (
    <Figures>
      {measured === null ? null : (
        <>
          <Figure
            name="Median of a row"
            value={measured.items.count === 0 ? "–" : `${decimal(measured.items.p50, 0)} ms`}
            note={measured.items.count === 0 ? "none measured" : `99 % within ${decimal(measured.items.p99, 0)} ms`}
          />
          <Figure name="Retries" value={whole(measured.retries)} />
          <Figure name="Held back by the rate" value={whole(measured.rateLimited)} note="answers 429" />
        </>
      )}
      {retrieval === null ? null : (
        <>
          <Figure
            name="Windows"
            value={`${whole(retrieval.windowsDone)} of ${whole(retrieval.windows)}`}
            note={
              <>
                <Time at={retrieval.from} /> to <Time at={retrieval.to} />
              </>
            }
          />
          <Figure name="Rows" value={whole(retrieval.rows)} note={`${whole(retrieval.added)} new`} />
          {retrieval.pagesFailed === 0 ? null : (
            <Figure name="Failed reads" value={whole(retrieval.pagesFailed)} note="of pages; each is tried again" />
          )}
          {Object.entries(retrieval.quarantined).map(([reason, rows]) => (
            <Figure key={reason} name="Rows put aside" value={whole(rows)} tone="warn" note={words(reason).toLowerCase()} />
          ))}
        </>
      )}
    </Figures>
  );
}

export function Push({ job: { push } }: { readonly job: Detail }) {
  if (push === null) return null;
  return (
    <Figures>
      <Figure name="Events queued" value={whole(push.announced)} note="of retrievals" />
      {push.records ? (
        <>
          <Figure
            name="Calls looked at"
            value={push.total === null ? whole(push.calls) : `${whole(push.calls)} of ${whole(push.total)}`}
            note={`${whole(push.unchanged)} unchanged`}
          />
          <Figure name="Acknowledged" value={whole(push.acknowledged)} note={`${whole(push.requests)} requests`} />
          {push.unanswered > 0 ? (
            <Figure name="Without an answer" value={whole(push.unanswered)} note="the CRM may have them" />
          ) : null}
          <Figure name="Refused" value={whole(push.refused)} note={`${whole(push.refusedBefore)} refused before`} />
        </>
      ) : null}
    </Figures>
  );
}
