// The messages at the corner; read out as they come, and gone when they are dismissed.

import { useDashboard } from "../api/dashboard.ts";

export function ToastList() {
  const { toasts } = useDashboard();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.all.value.map(({ id, tone, text }) => (
        <div class={`toast ${tone}`} key={id}>
          <span class="break">{text}</span>
          <button type="button" class="button quiet" aria-label="Dismiss" onClick={() => toasts.dismiss(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
