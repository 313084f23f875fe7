// Where the keyboard is after something has gone: at what it came from, or near it; never at the beginning of the page.

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary";

let stopWatching: () => void = () => undefined;

/**
 * Remembers an element and its place.
 * @returns gives the focus to it; when it is gone or disabled, or goes while it has the focus, to what is nearest to its place
 */
export function focusNear(from: Element | null): () => void {
  const element = from === document.body ? null : from;
  const place = around(element);
  const isThere = () => element instanceof HTMLElement && isUsable(element);
  const focus = () => {
    if (element instanceof HTMLElement && isThere()) element.focus();
    else nearest(place)?.focus();
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

/** Whether something can have the focus now. */
const isUsable = (element: Element): boolean => element.isConnected && element.matches(":not(:disabled)");

/**
 * Keeps the keyboard where it was while the page changes under it: a button that is disabled while it works has the focus again afterwards; when what had
 * it goes, it goes to what is nearest. What a person leaves is left.
 */
export function keepFocus(): void {
  let last: { readonly element: HTMLElement; readonly around: readonly Element[] } | undefined;
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement) last = { element: target, around: around(target) };
  });
  document.addEventListener("focusout", ({ target }) => {
    // After whatever took it away: an element that is still there was left.
    queueMicrotask(() => {
      if (last?.element === target && document.activeElement === document.body && isUsable(last.element)) last = undefined;
    });
  });
  new MutationObserver(() => {
    if (last === undefined || !isNowhere()) return;
    if (isUsable(last.element)) last.element.focus();
    else if (!last.element.isConnected) nearest(last.around)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
}

/** What an element is in, the closest first. */
function around(element: Element | null): Element[] {
  const found: Element[] = [];
  for (let at = element?.parentElement ?? null; at !== null && at !== document.body; at = at.parentElement) found.push(at);
  return found;
}

/** Nothing has the focus, or what had it is disabled now. */
function isNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.matches(":disabled");
}

/** The first thing to use in the closest of these that is still there; else the page's content itself. */
function nearest(place: readonly Element[]): HTMLElement | null {
  for (const one of place) {
    if (!one.isConnected) continue;
    const found = [...one.querySelectorAll<HTMLElement>(FOCUSABLE)].find((candidate) => candidate.checkVisibility());
    if (found !== undefined && one.id !== "content" && !one.contains(document.getElementById("content"))) return found;
  }
  return document.getElementById("content");
}
