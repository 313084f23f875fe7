// Messages at the end of the page's content: read out when they appear; they stay while the pointer or the focus is on them.

import { useRef } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import type { Toast } from "../api/toasts.ts";
import { focusNear } from "./focus.ts";

export function ToastList() {
  const { toasts } = useDashboard();
  const all = toasts.all.value;
  const isError = ({ tone }: Toast) => tone === "bad";
  // Both elements exist before any message: what is added to them is read out, errors at once.
  return (
    <section
      class="toasts"
      aria-label="Messages"
      onMouseEnter={toasts.hold}
      onMouseLeave={toasts.release}
      onFocusCapture={toasts.hold}
      onBlurCapture={toasts.release}
    >
      <div role="alert">
        {all.filter(isError).map((toast) => (
          <Message key={toast.id} toast={toast} />
        ))}
      </div>
      <div role="status">
        {all
          .filter((toast) => !isError(toast))
          .map((toast) => (
            <Message key={toast.id} toast={toast} />
          ))}
      </div>
    </section>
  );
}

function Message({ toast: { id, tone, text } }: { readonly toast: Toast }) {
  const { toasts } = useDashboard();
  const button = useRef<HTMLButtonElement>(null);
  const dismiss = () => {
    const near = focusNear(button.current);
    toasts.dismiss(id);
    toasts.release();
    near();
  };
  return (
    <div class={`toast ${tone}`}>
      <span class="break">{text}</span>
      <button ref={button} type="button" class="button quiet" aria-label="Dismiss" onClick={dismiss}>
        ✕
      </button>
    </div>
  );
}
