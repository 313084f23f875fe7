// What can be done with a campaign, each behind a preview and a word to type.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Confirm, type Shown } from "../../ui/confirm.tsx";
import { useWhy } from "../../ui/why.tsx";
import { offeredVerbs } from "../../view/verbs.ts";

const VERBS: readonly {
  readonly verb: ApiTypes.CampaignVerb;
  readonly name: string;
  readonly title: string;
}[] = [
  { verb: "pause", name: "Pause", title: "Pause the campaign" },
  { verb: "resume", name: "Resume", title: "Let the campaign dial again" },
  { verb: "failover", name: "Fail over", title: "Fail over to the backup" },
  { verb: "failback", name: "Fail back", title: "Go back to the primary" },
  { verb: "drill", name: "Drill", title: "Drill a failover" },
];

export function CampaignVerbs({ detail, onDone }: { readonly detail: ApiTypes.CampaignDetail; readonly onDone: () => void }) {
  const { client, session, toasts, now } = useDashboard();
  const open = useSignal<ApiTypes.CampaignVerb | undefined>(undefined);
  const chosen = VERBS.find(({ verb }) => verb === open.value);
  const offered = VERBS.filter((known) => offeredVerbs(detail, now()).includes(known.verb));
  const why = useWhy(session.needs("operator"));
  const preview = async (verb: ApiTypes.CampaignVerb): Promise<Shown> => {
    const { confirm, refusals, effects } = await client.ask("campaigns.preview", { params: { id: detail.id, verb } });
    return {
      confirm,
      refusals,
      body: (
        <ol class="effects">
          {effects.map((text) => (
            <li class="break" key={text}>
              {text}
            </li>
          ))}
        </ol>
      ),
    };
  };
  const act = async (verb: ApiTypes.CampaignVerb, confirm: string | undefined) => {
    const result = await client.ask(`campaigns.${verb}`, { params: { id: detail.id }, body: { confirm } });
    toasts.show(...waitsForApproval(result, ({ confirmed, message }) => [confirmed ? "good" : "bad", message]));
    onDone();
  };
  return (
    <>
      {offered.length === 0 ? null : why.said}
      {offered.map(({ verb, name }) => (
        <button
          key={verb}
          type="button"
          class={`button ${verb === "pause" ? "danger" : ""}`}
          {...why.off}
          onClick={() => {
            open.value = verb;
          }}
        >
          {name}
        </button>
      ))}
      {chosen === undefined ? null : (
        <Confirm
          key={chosen.verb}
          title={`${chosen.title}: ${detail.name}`}
          verb={chosen.name}
          word={chosen.verb === "pause" ? undefined : detail.id}
          preview={() => preview(chosen.verb)}
          onConfirm={(confirm) => act(chosen.verb, confirm)}
          onClose={() => {
            open.value = undefined;
          }}
        />
      )}
    </>
  );
}
