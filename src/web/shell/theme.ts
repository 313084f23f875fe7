// Dark, light, or the system's choice; stored in this browser.

import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "outdial.theme";

/** The one in force. */
export const theme = signal<Theme>("system");

export function storedTheme(storage: Storage): Theme {
  const stored = storage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(next: Theme, root: HTMLElement, storage: Storage): void {
  theme.value = next;
  if (next === "system") {
    delete root.dataset["theme"];
    storage.removeItem(KEY);
  } else {
    root.dataset["theme"] = next;
    storage.setItem(KEY, next);
  }
}
