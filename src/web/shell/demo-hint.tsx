// What to look at on a page of the demo. Only there: the service says whether it is a demo.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useDashboard } from "../api/dashboard.ts";

/** Chosen by the beginning of the path; the first match. */
const HINTS: readonly (readonly [path: string, text: string])[] = [
  [
    "/campaigns/",
    "The success rate with its evidence band falls towards the threshold. The hand-over comes when the whole band is below it, not before; each of its steps is a mark on the same time axis.",
  ],
  [
    "/dialer",
    "Two campaigns share these settings. Change the dial ratio, look at the predicted band, apply, and follow the five steps; then roll back.",
  ],
  [
    "/simulator",
    "The dialer model runs in this page. Move the agents down and watch the operating point slide along the frontier.",
  ],
  ["/jobs", "400 calls were tagged: a few refused, a few locked, on purpose. The retrievals brought 30 days of outcomes home."],
  [
    "/outcomes",
    "Conversion sagged ten days ago. Set From to that day: is the difference to the ten days before chance? The interval says.",
  ],
  [
    "/compliance",
    "Paste a number of the demo, such as one from the audit, and see every rule that binds it for the next 48 hours.",
  ],
  ["/approvals", "With four eyes on, whatever is dangerous waits here for somebody else. The demo has two eyes."],
  ["/audit", "Everything that happened so far, the failover included. Verify it, and download the proof of an entry."],
  ["/deliveries", "A BI system and an alarm receiver of the demo's own take these events and check each signature."],
  [
    "/",
    "Nobody answers the list of Spring renewals any more. Within a minute the watch is sure of it, pauses it, waits for its last call, asks the gate, and lets the second list dial. About 3 of 100 live answers of the last 30 days were abandoned: where the law counts that long, it is near the limit.",
  ],
];

export function DemoHint() {
  const { session } = useDashboard();
  const { path } = useLocation();
  const isHidden = useSignal(false);
  const state = session.state.value;
  if (state.kind !== "signed_in" || !state.me.service.demo || isHidden.value) return null;
  const [, text] = HINTS.find(([start]) => (start === "/" ? path === "/" : path.startsWith(start))) ?? [];
  if (text === undefined) return null;
  return (
    <aside class="banner hint" aria-label="What you are seeing">
      <p>
        <strong>What you are seeing.</strong> {text}
      </p>
      <button
        type="button"
        class="button quiet small"
        onClick={() => {
          isHidden.value = true;
        }}
      >
        Hide
      </button>
    </aside>
  );
}
