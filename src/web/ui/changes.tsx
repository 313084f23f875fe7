// What changes, field by field: the old struck out, the new beside it.

import type { ApiTypes } from "../../server/index.ts";
import { valueText } from "../view/changes.ts";

export function Changes({ changes }: { readonly changes: readonly ApiTypes.FieldChange[] }) {
  if (changes.length === 0) return <p class="muted">Nothing changes.</p>;
  return (
    <dl class="facts diff">
      {changes.map(({ path, before, after }) => (
        <ChangeRow key={path} path={path} before={before} after={after} />
      ))}
    </dl>
  );
}

function ChangeRow({ path, before, after }: ApiTypes.FieldChange) {
  return (
    <>
      <dt>{path}</dt>
      <dd>
        {before === null ? null : <del>{valueText(before)}</del>} {after === null ? null : <ins>{valueText(after)}</ins>}
      </dd>
    </>
  );
}
