// Chooses a campaign from the ones that are known by name; another one is given by its id.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useResource } from "../api/resource.ts";
import { OTHER, pickable } from "../view/pick.ts";
import { SelectField, TextField } from "./fields.tsx";

interface CampaignFieldProps {
  /** The id; "" for none. */
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** What an empty choice means; without it a campaign must be chosen. */
  readonly none?: string;
}

export function CampaignField({ value, onChange, none }: CampaignFieldProps) {
  const { state } = useResource("campaigns.names", {}, { sticky: true });
  const typing = useSignal(false);
  const place = useRef<HTMLDivElement>(null);
  const now = state.value;
  const known = now.kind === "ready" ? now.value.items : [];
  const isText = typing.value || (now.kind !== "loading" && known.length === 0);
  // The focus follows when a person switches to the other field.
  useEffect(() => {
    if (typing.value) place.current?.querySelector("input")?.focus();
  }, [typing.value]);
  const required = none === undefined;
  if (isText)
    return (
      <div ref={place}>
        <TextField
          label="Campaign"
          value={value}
          required={required}
          hint={required ? "its id at the tenant" : `its id at the tenant; empty: ${none.toLowerCase()}`}
          onChange={(id) => {
            // A list that comes while a person types takes the field away from nobody.
            typing.value = true;
            onChange(id);
          }}
        />
      </div>
    );
  return (
    <SelectField
      label="Campaign"
      value={value}
      required={required}
      options={pickable(known, value, now.kind === "loading" ? "Reading …" : (none ?? "Choose one"))}
      onChange={(chosen) => {
        if (chosen === OTHER) typing.value = true;
        onChange(chosen === OTHER ? "" : chosen);
      }}
    />
  );
}
