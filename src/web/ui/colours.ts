// The colours of the design for a canvas, which knows no custom properties.

/** Resolves `--accent` and the like as the theme has it now. Reads the layout: once a drawing, not once a point. */
export function colourOf(element: HTMLElement, name: `--${string}`): string {
  const probe = element.ownerDocument.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
