// What could not be read of the tenant and since when, and from when what is shown is.

import type { ApiTypes } from "../../server/index.ts";
import { timeFormat } from "../view/format.ts";
import { Age } from "./age.tsx";

type Part = ApiTypes.KnownPart;

export const couldNotRead = ({ why, since }: Part): string =>
  `The tenant could not be read${since === null ? "" : ` since ${timeFormat().day(since)}`}: ${why?.replace(/\.*$/, ".")} `;

/** Says of the first of some parts that could not be read of the tenant why and since when, and from when the shown data is. */
export function NotReadable({ parts }: { readonly parts: readonly Part[] }) {
  const failed = parts.find(({ code }) => code);
  return failed === undefined ? null : (
    <div class="banner" role="status">
      <span class="break">
        {couldNotRead(failed)}What is shown was read <Age at={failed.at} />.
      </span>
    </div>
  );
}
