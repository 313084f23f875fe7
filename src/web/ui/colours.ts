// The design's colours for a canvas, which cannot use custom properties.

/** The value of `--accent` and the like in the present theme. Reads the layout: call it once per drawing, not once per point. */
export function colourOf(element: HTMLElement, name: `--${string}`): string {
  const probe = element.ownerDocument.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
