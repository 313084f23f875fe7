// The palette: opens a page, a campaign or an id with the keyboard from any page. Ctrl+K, or ⌘K. Its code is loaded when it is
// first used.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";

type Choice = typeof import("./palette-choice.tsx").Choice;

export function Palette() {
  const { toasts } = useDashboard();
  const open = useSignal<{ readonly Choice: Choice } | undefined>(undefined);
  const show = async () => {
    try {
      open.value = await import("./palette-choice.tsx");
    } catch {
      toasts.show(
        "bad",
        "The code of this did not come: the service may be away, or may have been replaced. Load the page again.",
      );
    }
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      // Not over a dialog that asks a question.
      if (document.querySelector("dialog[open]") === null) void show();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  const Shown = open.value?.Choice;
  return (
    <>
      <button type="button" class="button quiet goto" aria-keyshortcuts="Control+K Meta+K" onClick={() => void show()}>
        Go to … <kbd>Ctrl K</kbd>
      </button>
      {Shown === undefined ? null : (
        <Shown
          onClose={() => {
            open.value = undefined;
          }}
        />
      )}
    </>
  );
}
