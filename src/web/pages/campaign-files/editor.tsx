// A text field with the numbers of its lines, and a mark at each line in which something was found.

import type { RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import { lineAt, lineCount } from "./draft.ts";

interface EditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Lines with a finding. */
  readonly marked: ReadonlySet<number>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Height of a line, px: `.editor` draws with the same. */
const LINE = 20;

export function Editor({ label, value, onChange, marked, field }: EditorProps) {
  const id = useId();
  const numbers = useRef<HTMLDivElement>(null);
  const lines = lineCount(value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="editor">
        <div class="numbers" aria-hidden="true" ref={numbers}>
          <pre>{Array.from({ length: lines }, (_, i) => i + 1).join("\n")}</pre>
          {[...marked].map((line) => (
            <span key={line} class="mark" style={{ top: `${(line - 1) * LINE}px` }}>
              {line}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          ref={field}
          value={value}
          spellcheck={false}
          autocomplete="off"
          wrap="off"
          rows={Math.min(28, Math.max(12, lines + 1))}
          aria-invalid={marked.size > 0 ? true : undefined}
          onInput={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}

/** Puts the cursor into a line, chooses it, and brings it into view. */
export function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(...lineAt(field.value, line));
  field.scrollTop = Math.max(0, (line - 4) * LINE);
}
