// Form fields: each with its label, its unit and its error.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly text: string;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step, text, onChange }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output for={id}>{text}</output>
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "search" | "date" | "tel" | "password" | "datetime-local" | "number";
  readonly hint?: ComponentChildren;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly autocomplete?: "off" | "current-password";
  readonly problem?: string | undefined;
  /** Suggested values; others may be typed. */
  readonly suggestions?: readonly string[];
  /** Takes the room of two fields. */
  readonly wide?: boolean;
}

export function TextField({
  label,
  value,
  onChange,
  type = "text",
  hint,
  required = false,
  placeholder,
  autocomplete = "off",
  problem,
  suggestions,
  wide = false,
}: TextFieldProps) {
  const id = useId();
  return (
    <div class={wide ? "field wide" : "field"}>
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        // The types of JSX know an input of each type, but not one of several.
        type={type as "text"}
        value={value}
        step={type === "number" ? "any" : undefined}
        required={required}
        placeholder={placeholder}
        autocomplete={autocomplete}
        list={suggestions === undefined ? undefined : `${id}-list`}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={hint === undefined && problem === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {suggestions === undefined ? null : (
        <datalist id={`${id}-list`}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {hint === undefined && problem === undefined ? null : (
        <span class={`hint ${problem === undefined ? "" : "bad"}`} id={`${id}-hint`}>
          {problem ?? hint}
        </span>
      )}
    </div>
  );
}

interface SelectFieldProps<Key extends string> {
  readonly label: string;
  readonly value: Key;
  /** Values with their texts. */
  readonly options: readonly (readonly [Key, string])[];
  readonly onChange: (value: Key) => void;
  /** Whether another option than "" must be chosen. */
  readonly required?: boolean;
}

export function SelectField<Key extends string>({ label, value, options, onChange, required = false }: SelectFieldProps<Key>) {
  const id = useId();
  const choose = (given: string) => {
    const chosen = options.find(([key]) => key === given);
    if (chosen !== undefined) onChange(chosen[0]);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="select" value={value} required={required} onChange={(event) => choose(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
