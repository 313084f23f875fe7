// How a text of campaign files begins: with what the tenant has now, with files of this machine, or with the example.

import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { Failed } from "../../ui/states.tsx";
import { draftOf, type FilesDraft, joined, NAME } from "./draft.ts";

interface BeginProps {
  /** A campaign of the address: the text begins with it at once. */
  readonly campaign: string | undefined;
  readonly discarded: FilesDraft | undefined;
  readonly onBegin: (draft: FilesDraft) => void;
}

/** An example as it is in the folder examples; of a campaign that is made piece by piece where that is how the tenant has them. */
const example = async (isOfPieces: boolean) =>
  (
    await (isOfPieces
      ? import("../../../../examples/campaign-acd.yaml?raw")
      : import("../../../../examples/campaigns/spring-renewals.yaml?raw"))
  ).default;

/** Longest name that the service takes, characters. */
const MOST_NAME = 200;

/** A text of several files has a name of its own. */
const nameOf = (files: readonly { readonly name: string }[]): string =>
  (files.length === 1 && files[0]?.name ? files[0].name : NAME).slice(-MOST_NAME);

export function Begin({ campaign, discarded, onBegin }: BeginProps) {
  const { client, session, toasts } = useDashboard();
  const id = useId();
  const chosen = useSignal(campaign ?? "");
  const busy = useSignal(false);
  const error = useSignal<RequestError | undefined>(undefined);
  const lack = session.lack("campaignDocuments");
  const begin = async (make: () => Promise<FilesDraft | undefined>) => {
    if (busy.peek()) return;
    busy.value = true;
    error.value = undefined;
    try {
      const made = await make();
      if (made !== undefined) onBegin(made);
    } catch (thrown) {
      error.value = thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
    } finally {
      busy.value = false;
    }
  };
  const exported = () =>
    begin(async () => {
      const { files, shorter } = await client.ask("campaigns.export", {
        query: { id: chosen.value === "" ? [] : [chosen.value] },
      });
      if (shorter !== null) toasts.show("bad", shorter);
      if (files.length === 0) {
        if (shorter === null) toasts.show("info", "The tenant has no campaign yet: begin with an example");
        return undefined;
      }
      const text = joined(files.map((file) => file.text));
      return draftOf(text, { base: text, name: nameOf(files) });
    });
  const opened = (files: FileList) =>
    begin(async () => {
      const texts = await Promise.all([...files].map((file) => file.text()));
      return draftOf(joined(texts), { name: nameOf([...files]) });
    });
  useEffect(() => {
    if (campaign !== undefined && lack === undefined) void exported();
  }, []);
  return (
    <section class="card" aria-label="Begin">
      <h2>Begin with</h2>
      <div class="stack">
        {lack === undefined ? (
          <form
            class="upload pair"
            onSubmit={(event) => {
              event.preventDefault();
              void exported();
            }}
          >
            <CampaignField
              value={chosen.value}
              none="Every campaign"
              onChange={(value) => {
                chosen.value = value;
              }}
            />
            <button type="submit" class="button primary" aria-disabled={busy.value}>
              {busy.value ? "Reading the tenant …" : "What the tenant has now"}
            </button>
          </form>
        ) : (
          <p class="muted break">
            Campaigns of this tenant cannot be exported: {lack.reason}. A file describes one by its name; fields that it leaves
            out stay as they are.
          </p>
        )}
        <div class="row bottom">
          <div class="field">
            <label for={id}>Files of this machine, YAML or JSON</label>
            <input
              id={id}
              class="input"
              type="file"
              multiple
              accept=".yaml,.yml,.json"
              onChange={(event) => {
                const { files } = event.currentTarget;
                if (files !== null && files.length > 0) void opened(files);
              }}
            />
          </div>
          <button type="button" class="button" onClick={() => void begin(async () => draftOf(await example(lack !== undefined)))}>
            An example
          </button>
          {discarded === undefined ? null : (
            <button type="button" class="button" onClick={() => onBegin(discarded)}>
              The discarded draft
            </button>
          )}
        </div>
        {error.value === undefined ? null : <Failed error={error.value} />}
      </div>
    </section>
  );
}
