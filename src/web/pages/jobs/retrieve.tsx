// Brings outcomes home: what would be asked for is shown first.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useDashboard } from "../../api/dashboard.ts";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";

interface RetrievalPlan {
  readonly campaignId: string;
  readonly from: string;
  readonly to: string;
  readonly warnings: readonly string[];
  readonly windows: readonly object[];
}

export function Retrieve() {
  const { client, session, toasts } = useDashboard();
  const { route } = useLocation();
  const campaign = useSignal("");
  const hours = useSignal("168");
  const open = useSignal(false);
  const why = useWhy(session.needs("operator"));
  const body = () => ({ campaignId: campaign.value.trim(), lastHours: Number(hours.value) });
  return (
    <section class="card" aria-label="Retrieve outcomes">
      <h2>Retrieve outcomes</h2>
      <form
        class="upload"
        onSubmit={(event) => {
          event.preventDefault();
          open.value = true;
        }}
      >
        <CampaignField
          value={campaign.value}
          onChange={(value) => {
            campaign.value = value;
          }}
        />
        <TextField
          label="Hours back"
          type="number"
          value={hours.value}
          required
          onChange={(value) => {
            hours.value = value;
          }}
        />
        <button type="submit" class="button" {...why.off}>
          Preview
        </button>
      </form>
      {why.said}
      {open.value ? (
        <Confirm
          title="Retrieve outcomes"
          verb="Retrieve"
          tone="plain"
          preview={async () => {
            const plan = await client.ask("outcomes.plan", { body: body() });
            return { confirm: undefined, refusals: [], body: <Plan plan={plan} /> };
          }}
          onConfirm={async () => {
            const { jobId } = await client.ask("outcomes.retrieve", { body: body() });
            toasts.show("info", "The job is running");
            route(`/jobs/${encodeURIComponent(jobId)}`);
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

function Plan({ plan: { campaignId, from, to, windows, warnings } }: { readonly plan: RetrievalPlan }) {
  return (
    <div class="stack">
      <p class="break">
        Campaign {campaignId}, <Time at={from} /> to <Time at={to} />, in {whole(windows.length)} windows.
      </p>
      {warnings.map((text) => (
        <p class="warn break" key={text}>
          {text}
        </p>
      ))}
    </div>
  );
}
