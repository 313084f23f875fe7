// Where the focus goes when the focused element disappears: to where it came from, or nearby; never to the beginning of the page.

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary";

let stopWatching: () => void = () => undefined;

/**
 * Remembers an element and its place.
 * @returns a function that focuses the element; when it is gone or disabled, or disappears while it has the focus, it focuses the
 * nearest one to its place
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
    // Signals update the page in a microtask after this; the element may also disappear later, when a list is read again.
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
 * Keeps the focus in its place while the page changes: a button that is disabled while it works gets the focus back; when the
 * focused element disappears, the nearest one gets the focus. When the person has moved the focus away, it stays away.
 */
export function keepFocus(): void {
  let last: { readonly element: HTMLElement; readonly around: readonly Element[] } | undefined;
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement) last = { element: target, around: around(target) };
  });
  document.addEventListener("focusout", ({ target }) => {
    // Runs after the change that took the focus: an element that is still there was left by the person.
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

/** The ancestors of an element, the closest first. */
function around(element: Element | null): Element[] {
  const found: Element[] = [];
  for (let at = element?.parentElement ?? null; at !== null && at !== document.body; at = at.parentElement) found.push(at);
  return found;
}

/** Whether nothing has the focus, or the focused element is disabled now. */
function isNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.matches(":disabled");
}

/** The first usable element in the closest of these that still exists; else the page's content itself. */
function nearest(place: readonly Element[]): HTMLElement | null {
  for (const one of place) {
    if (!one.isConnected) continue;
    const found = [...one.querySelectorAll<HTMLElement>(FOCUSABLE)].find((candidate) => candidate.checkVisibility());
    if (found !== undefined && one.id !== "content" && !one.contains(document.getElementById("content"))) return found;
  }
  return document.getElementById("content");
}
