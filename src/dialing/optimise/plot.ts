// A small plot as SVG text: axes with round numbers, points, lines, error bars. Readable on light and dark backgrounds.

/** One line or set of points of a plot. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
  /** Draw a line through the points. Default true. */
  readonly line?: boolean;
  /** Draw the points. Default true. */
  readonly marks?: boolean;
}

/** A plot as data; `svgPlot` draws it. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly PlotSeries[];
  /** Vertical and horizontal reference lines. */
  readonly vertical?: readonly { readonly x: number; readonly name: string }[];
  readonly horizontal?: readonly { readonly y: number; readonly name: string }[];
  /** Logarithmic x axis. */
  readonly logX?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const COLOURS = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f"];
const MARGIN = { left: 62, right: 16, top: 34, bottom: 44 };
const LEGEND_LINE = 16;

/** Round numbers that divide [low, high] into four to eight parts. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function range(values: readonly number[], margin: number): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const room = (high - low || Math.abs(high) || 1) * margin;
  return [low - room, high + room];
}

/** The plot as an SVG document. Coordinates are rounded to a tenth, so that the same data gives the same text. */
export function svgPlot(plot: Plot): string {
  const { width = 720, height = 400, logX = false } = plot;
  const bottom = height - MARGIN.bottom - LEGEND_LINE * Math.ceil(plot.series.length / 4);
  const scaleX = (x: number) => (logX ? Math.log(x) : x);
  const all = plot.series.flatMap(({ points }) => points);
  const [x0, x1] = range([...all.map(({ x }) => scaleX(x)), ...(plot.vertical ?? []).map(({ x }) => scaleX(x))], 0.04);
  const [y0, y1] = range(
    [...all.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]), ...(plot.horizontal ?? []).map(({ y }) => y)],
    0.06,
  );
  const px = (x: number) => (MARGIN.left + ((scaleX(x) - x0) / (x1 - x0)) * (width - MARGIN.left - MARGIN.right)).toFixed(1);
  const py = (y: number) => (bottom - ((y - y0) / (y1 - y0)) * (bottom - MARGIN.top)).toFixed(1);
  const xTicks = logX ? [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b) : ticks(x0, x1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14" font-weight="600">${escape(plot.title)}</text>`,
    ...xTicks.map(
      (x) =>
        `<path d="M${px(x)} ${MARGIN.top}V${bottom}" stroke="#e5e7eb"/><text x="${px(x)}" y="${bottom + 16}" text-anchor="middle">${x}</text>`,
    ),
    ...ticks(y0, y1).map(
      (y) =>
        `<path d="M${MARGIN.left} ${py(y)}H${width - MARGIN.right}" stroke="#e5e7eb"/><text x="${MARGIN.left - 6}" y="${py(y)}" dy="4" text-anchor="end">${y}</text>`,
    ),
    `<text x="${(MARGIN.left + width - MARGIN.right) / 2}" y="${bottom + 34}" text-anchor="middle">${escape(plot.xLabel)}</text>`,
    `<text transform="translate(16 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(plot.yLabel)}</text>`,
    ...(plot.vertical ?? []).map(
      ({ x, name }) =>
        `<path d="M${px(x)} ${MARGIN.top}V${bottom}" stroke="#6b7280" stroke-dasharray="5 4"/><text x="${px(x)}" dx="4" y="${MARGIN.top + 12}" fill="#6b7280">${escape(name)}</text>`,
    ),
    ...(plot.horizontal ?? []).map(
      ({ y, name }) =>
        `<path d="M${MARGIN.left} ${py(y)}H${width - MARGIN.right}" stroke="#6b7280" stroke-dasharray="5 4"/><text x="${width - MARGIN.right - 4}" y="${py(y)}" dy="-4" text-anchor="end" fill="#6b7280">${escape(name)}</text>`,
    ),
  ];
  for (const [i, series] of plot.series.entries()) {
    const colour = COLOURS[i % COLOURS.length] ?? "#000";
    const { points } = series;
    if (series.line !== false && points.length > 1) {
      parts.push(
        `<path d="M${points.map(({ x, y }) => `${px(x)} ${py(y)}`).join("L")}" fill="none" stroke="${colour}" stroke-width="1.6"/>`,
      );
    }
    for (const { x, y, low, high } of points) {
      if (low !== undefined && high !== undefined) parts.push(`<path d="M${px(x)} ${py(low)}V${py(high)}" stroke="${colour}"/>`);
      if (series.marks !== false) parts.push(`<circle cx="${px(x)}" cy="${py(y)}" r="3" fill="${colour}"/>`);
    }
    const column = MARGIN.left + (i % 4) * ((width - MARGIN.left) / 4);
    const line = bottom + 44 + LEGEND_LINE * Math.floor(i / 4);
    parts.push(
      `<rect x="${column.toFixed(1)}" y="${line}" width="10" height="10" fill="${colour}"/><text x="${(column + 14).toFixed(1)}" y="${line + 9}">${escape(series.name)}</text>`,
    );
  }
  return `${[...parts, "</svg>"].join("\n")}\n`;
}
