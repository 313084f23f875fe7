// What changes, field by field: the old struck out, the new beside it.

import { valueText } from "../view/changes.ts";
import { NameText } from "./name-text.tsx";

/** One field that differs; a side that lacks it is null or absent. */
interface Change {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="muted">Nothing changes.</p>;
  return (
    <dl class="facts diff">
      {changes.map(({ path, before, after }) => (
        <ChangeRow key={path} path={path} before={before} after={after} />
      ))}
    </dl>
  );
}

function ChangeRow({ path, before = null, after = null }: Change) {
  return (
    <>
      <dt>
        <NameText text={path} />
      </dt>
      <dd>
        {before === null ? null : <del>{valueText(before)}</del>} {after === null ? null : <ins>{valueText(after)}</ins>}
      </dd>
    </>
  );
}
