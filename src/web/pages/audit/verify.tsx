// The check of the whole log.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { whole } from "../../view/format.ts";

export function Verify() {
  const { client } = useDashboard();
  const verdict = useSignal<{ readonly tone: "good" | "bad" | "muted"; readonly text: string } | undefined>(undefined);
  const verify = async () => {
    verdict.value = { tone: "muted", text: "Recomputing the whole log …" };
    try {
      const found = await client.ask("audit.verify", {});
      verdict.value = found.ok ? saidOf(found) : { tone: "bad", text: found.message };
    } catch (thrown) {
      verdict.value = { tone: "bad", text: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
  return (
    <>
      <span role="status" class={`break ${verdict.value?.tone ?? ""}`}>
        {verdict.value?.text}
      </span>
      <button type="button" class="button" onClick={() => void verify()}>
        Verify
      </button>
    </>
  );
}

function saidOf(found: Extract<ApiTypes.AuditVerdict, { ok: true }>): { readonly tone: "good" | "muted"; readonly text: string } {
  const counted = `${whole(found.size)} entries, ${whole(found.checkpoints)} signed checkpoints`;
  return found.verified
    ? { tone: "good", text: `Verified: ${counted}, compared with a head outside the store` }
    : { tone: "muted", text: `Whole in itself, not verified: ${counted}; no head outside the store could be compared` };
}
