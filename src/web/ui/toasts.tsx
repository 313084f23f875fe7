// The messages in the rail, beside what they are about and never over it: read out as they come; they wait while somebody points at them or is in them.

import { useRef } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import type { Toast } from "../api/toasts.ts";
import { focusNear } from "./focus.ts";

export function ToastList() {
  const { toasts } = useDashboard();
  const all = toasts.all.value;
  const isError = ({ tone }: Toast) => tone === "bad";
  // Both are there before anything is: what comes into them is read out, errors at once.
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
