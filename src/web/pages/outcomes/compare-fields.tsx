// What is compared, as fields; conditions that the fields cannot say stay as they were written.

import { useSignal } from "@preact/signals";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { comparedOf, comparedWords, DIFFER, WAYS } from "../../view/compare.ts";

interface CompareFieldsProps {
  /** As the address has it. */
  readonly words: string;
  readonly onChange: (words: string) => void;
}

export function CompareFields({ words, onChange }: CompareFieldsProps) {
  const compared = useSignal(comparedOf(words));
  const now = compared.value;
  if (now === undefined)
    return (
      <TextField label="Compare" value={words} hint="conditions as in outdial outcomes report --compare" onChange={onChange} />
    );
  const change = (next: Partial<typeof now>) => {
    compared.value = { ...now, ...next };
    onChange(comparedWords(compared.value));
  };
  return (
    <>
      <SelectField label="Compare" value={now.way} options={WAYS} onChange={(way) => change({ way })} />
      {now.way === "groups" ? (
        <>
          <SelectField label="That differ in" value={now.differ} options={DIFFER} onChange={(differ) => change({ differ })} />
          <TextField
            label="The first"
            value={now.first}
            required
            hint={HINTS[now.differ]}
            onChange={(first) => change({ first })}
          />
          <TextField
            label="The second"
            value={now.second}
            required
            hint={HINTS[now.differ]}
            onChange={(second) => change({ second })}
          />
        </>
      ) : null}
    </>
  );
}

const HINTS: Readonly<Record<(typeof DIFFER)[number][0], string>> = {
  hour: "such as 9, 10; 0 to 23",
  weekday: "such as Mon, Tue",
  agent: "ids, with commas between",
  list: "ids, with commas between",
  attempt: "such as 1, 2",
  code: "codes, with commas between",
  campaign: "ids, with commas between",
};
