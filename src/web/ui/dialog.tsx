// A modal dialog: the browser's own, which keeps the focus inside and closes on Escape. The focus returns to where it was before.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { focusNear } from "./focus.ts";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the next key, which belongs to it.
  useLayoutEffect(() => {
    const dialog = element.current;
    const giveBack = focusNear(document.activeElement);
    dialog?.showModal();
    return () => {
      dialog?.close();
      giveBack();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="stack">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
