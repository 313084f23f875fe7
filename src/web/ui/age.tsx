// The age of something as text; the instant itself on hover and for machines.

import { useDashboard } from "../api/dashboard.ts";
import { ago, timeFormat } from "../view/format.ts";

export function Age({ at }: { readonly at: string | null | undefined }) {
  const { now } = useDashboard();
  const text = ago(at, now());
  if (at === null || at === undefined) return <span class="age">{text}</span>;
  return (
    <time class="age" dateTime={at} title={at}>
      {text}
    </time>
  );
}

/** Says that the tenant cannot be read, since when, and from when the shown data is. */
export function NotReadable({
  failed,
  asOf,
}: {
  readonly failed: { readonly message: string; readonly at: string } | null;
  readonly asOf: string | null;
}) {
  if (failed === null) return null;
  return (
    <div class="banner" role="status">
      <span class="break">
        The tenant could not be read at {timeFormat().clock(failed.at)}: {failed.message.replace(/\.*$/, ".")}{" "}
        {asOf === null ? (
          "Nothing has been read yet."
        ) : (
          <>
            What is shown was read <Age at={asOf} />.
          </>
        )}
      </span>
    </div>
  );
}
