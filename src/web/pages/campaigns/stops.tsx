// Stopping several campaigns at once: those that were chosen, or all of the tenant.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { useTenant } from "../../ui/where.tsx";
import { useWhy } from "../../ui/why.tsx";
import { whole } from "../../view/format.ts";
import { pausedOf, stoppedOf, toldOf } from "../../view/stop.ts";

type Named = Pick<ApiTypes.CampaignSummary, "id" | "name">;
/** So many campaigns are named in a dialog or a message. */
const NAMED = 12;

function useReason() {
  const reason = useSignal("");
  // A component of its own: the dialog shows the preview as it was made, and this follows what is typed.
  const Field = () => (
    <TextField
      label="Reason"
      value={reason.value}
      hint="goes into the audit log; may be left empty"
      onChange={(value) => {
        reason.value = value;
      }}
    />
  );
  return { Field, given: () => (reason.peek().trim() === "" ? {} : { reason: reason.peek().trim() }) };
}

/** A button that opens a dialog. */
function Opens({ name, dialog }: { readonly name: string; readonly dialog: (onClose: () => void) => ComponentChildren }) {
  const { session } = useDashboard();
  const open = useSignal(false);
  const why = useWhy(session.needs("operator"));
  return (
    <>
      {why.said}
      <button
        type="button"
        class="button danger"
        {...why.off}
        onClick={() => {
          open.value = true;
        }}
      >
        {name}
      </button>
      {open.value
        ? dialog(() => {
            open.value = false;
          })
        : null}
    </>
  );
}

export const StopAll = ({ onDone }: { readonly onDone: () => void }) => (
  <Opens name="Stop all campaigns" dialog={(onClose) => <StopDialog onDone={onDone} onClose={onClose} />} />
);

interface DialogProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Stops every campaign of the tenant, also those that this page does not know. */
export function StopDialog({ onDone, onClose }: DialogProps) {
  const { client, toasts } = useDashboard();
  const { Field, given } = useReason();
  const tenant = useTenant()?.name ?? "the tenant";
  return (
    <Confirm
      title="Stop all campaigns"
      verb="Stop all"
      preview={async () => ({
        confirm: undefined,
        refusals: [],
        body: (
          <div class="stack">
            <Reach said={(list) => stoppedOf({ of: tenant, list })} />
            <p>
              Every campaign of the tenant is paused, also those that are not on this page. One that fails holds no other back. It
              goes on until each is confirmed paused or named as not, also when this page is closed.
            </p>
            <Field />
          </div>
        ),
      })}
      onConfirm={async () => {
        const { tone, text } = toldOf(await client.ask("campaigns.stop", { body: given() }));
        toasts.show(tone, text);
        onDone();
      }}
      onClose={onClose}
    />
  );
}

/** What is reached, as soon as the list is there. Nobody needs to wait for it. */
function Reach({ said }: { readonly said: (list: ApiTypes.CampaignList | undefined) => string }) {
  const { client } = useDashboard();
  const text = useSignal(`${said(undefined)} It is being asked; you need not wait for the answer.`);
  useEffect(() => {
    const show = (list?: ApiTypes.CampaignList) => {
      text.value = said(list);
    };
    void client.ask("campaigns.list", {}).then(show, () => show());
  }, []);
  return (
    <p>
      <strong>{text}</strong>
    </p>
  );
}

interface PauseChosenProps {
  readonly chosen: readonly Named[];
  readonly onDone: () => void;
  readonly onClear: () => void;
}

/** Those that were ticked, and what is done with them. */
export function PauseChosen({ chosen, onDone, onClear }: PauseChosenProps) {
  const { toasts } = useDashboard();
  return (
    <div class="row chosen-bar" role="group" aria-label="Chosen campaigns">
      <span>{whole(chosen.length)} chosen</span>
      <PauseSeveral campaigns={chosen} name={`Pause ${whole(chosen.length)}`} onDone={onDone} />
      <button
        type="button"
        class="button"
        onClick={() =>
          void navigator.clipboard.writeText(chosen.map(({ id }) => id).join("\n")).then(
            () => toasts.show("good", `Copied: ${whole(chosen.length)} ids`),
            () => toasts.show("bad", "The browser does not let this page copy."),
          )
        }
      >
        Copy ids
      </button>
      <button type="button" class="button quiet" onClick={onClear}>
        Choose none
      </button>
    </div>
  );
}

interface PauseSeveralProps {
  readonly campaigns: readonly Named[];
  /** What the button says. */
  readonly name: string;
  readonly onDone: () => void;
}

export const PauseSeveral = ({ campaigns, name, onDone }: PauseSeveralProps) => (
  <Opens name={name} dialog={(onClose) => <PauseDialog campaigns={campaigns} onDone={onDone} onClose={onClose} />} />
);

/** Pauses several campaigns after a look at what that means. */
export function PauseDialog({ campaigns, onDone, onClose }: DialogProps & Pick<PauseSeveralProps, "campaigns">) {
  const { client, toasts } = useDashboard();
  const { Field, given } = useReason();
  const tenant = useTenant()?.name ?? "the tenant";
  const names = new Map(campaigns.map((one) => [one.id, one.name]));
  return (
    <Confirm
      title={`Pause ${whole(campaigns.length)} ${campaigns.length === 1 ? "campaign" : "campaigns"}`}
      verb="Pause"
      preview={async () => ({
        confirm: undefined,
        refusals: [],
        body: (
          <div class="stack">
            <Reach said={(list) => pausedOf({ of: tenant, campaigns, list })} />
            <ul class="effects">
              {campaigns.slice(0, NAMED).map((one) => (
                <li class="break" key={one.id}>
                  <NameText text={one.name} />
                </li>
              ))}
              {campaigns.length > NAMED ? <li>and {whole(campaigns.length - NAMED)} more</li> : null}
            </ul>
            <Field />
          </div>
        ),
      })}
      onConfirm={async () => {
        const { items } = await client.ask("campaigns.pauseSeveral", {
          body: { campaigns: campaigns.map(({ id }) => id), ...given() },
        });
        const missing = items.filter(({ confirmed }) => !confirmed);
        if (missing.length === 0) toasts.show("good", `Confirmed paused: ${whole(items.length)} of ${whole(items.length)}`);
        const told = missing
          .slice(0, NAMED)
          .map(({ campaignId, message }) => `${names.get(campaignId) ?? campaignId}: ${message}`);
        if (told.length > 0)
          toasts.show("bad", `${whole(missing.length)} of ${whole(items.length)} not confirmed. ${told.join("; ")}`);
        onDone();
      }}
      onClose={onClose}
    />
  );
}
