// Changes field by field: the old value struck out, the new one beside it.

import { valueText } from "../view/changes.ts";
import { NameText } from "./name-text.tsx";

/** One field that differs; a side that lacks it is null or absent. */
interface Change {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface ChangesProps {
  readonly changes: readonly Change[];
  /** The name of a field; its path by default. */
  readonly labelOf?: (path: string) => string;
}

export function Changes({ changes, labelOf = (path) => path }: ChangesProps) {
  if (changes.length === 0) return <p class="muted">Nothing changes.</p>;
  return (
    <dl class="facts diff">
      {changes.map(({ path, before, after }) => (
        <ChangeRow key={path} path={path} label={labelOf(path)} before={before} after={after} />
      ))}
    </dl>
  );
}

function ChangeRow({ path, label, before = null, after = null }: Change & { readonly label: string }) {
  return (
    <>
      <dt title={label === path ? undefined : path}>
        <NameText text={label} />
      </dt>
      <dd>
        {before === null ? null : <del>{valueText(before)}</del>} {after === null ? null : <ins>{valueText(after)}</ins>}
      </dd>
    </>
  );
}
