// Where the keyboard is after something has gone: at what it came from, or near it; never at the beginning of the page.

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary";

let stopWatching: () => void = () => undefined;

/**
 * Remembers an element and its place.
 * @returns gives the focus to it; when it is gone or disabled, or goes while it has the focus, to what is nearest to its place
 */
export function focusNear(from: Element | null): () => void {
  const element = from === document.body ? null : from;
  const around: Element[] = [];
  for (let at = element?.parentElement ?? null; at !== null && at !== document.body; at = at.parentElement) around.push(at);
  const isThere = () => element instanceof HTMLElement && element.isConnected && element.matches(":not(:disabled)");
  const focus = () => {
    if (element instanceof HTMLElement && isThere()) element.focus();
    else nearest(around)?.focus();
  };
  return () => {
    stopWatching();
    // Signals draw in a microtask after this; the element may also go later, when a list is read anew.
    const watch = new MutationObserver(() => {
      if (isThere()) return;
      stopWatching();
      if (isNowhere()) focus();
    });
    const moved = ({ target }: FocusEvent) => {
      if (target !== element) stopWatching();
    };
    stopWatching = () => {
      watch.disconnect();
      document.removeEventListener("focusin", moved);
      stopWatching = () => undefined;
    };
    focus();
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
    document.addEventListener("focusin", moved);
  };
}

/** Nothing has the focus, or what had it is disabled now. */
function isNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.matches(":disabled");
}

/** The first thing to use in the closest of these that is still there; else the page's content itself. */
function nearest(around: readonly Element[]): HTMLElement | null {
  for (const one of around) {
    if (!one.isConnected) continue;
    const found = [...one.querySelectorAll<HTMLElement>(FOCUSABLE)].find((candidate) => candidate.checkVisibility());
    if (found !== undefined && one.id !== "content" && !one.contains(document.getElementById("content"))) return found;
  }
  return document.getElementById("content");
}
