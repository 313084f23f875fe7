// What the checks found, worst first.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";

export function Findings({ findings }: { readonly findings: readonly ApiTypes.Finding[] }) {
  if (findings.length === 0) return <p class="good">All checks passed.</p>;
  const sorted = [...findings].sort((a, b) => b.severity.localeCompare(a.severity));
  return (
    <ul class="plain-list">
      {sorted.map(({ severity, check, path, message }) => (
        <li class="break" key={`${check} ${path} ${message}`}>
          <Pill state={severity} tone={severity === "violation" ? "bad" : "warn"} /> <code>{path}</code> {message}
        </li>
      ))}
    </ul>
  );
}
