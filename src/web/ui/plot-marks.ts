// Drawn over a plot: limits as horizontal lines, events as vertical lines with a letter.

import type uPlot from "uplot";
import type { PlotLimit, PlotMark } from "./plot-types.ts";

export function drawMarks(
  plot: uPlot,
  limits: readonly PlotLimit[],
  marks: readonly PlotMark[],
  colour: (name: `--${string}`) => string,
): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = ratio;
  for (const { at, colour: name } of limits) {
    const y = Math.round(plot.valToPos(at, "y", true));
    ctx.strokeStyle = colour(name);
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
  }
  ctx.font = `600 ${10 * ratio}px sans-serif`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, colour: name, letter } of [...marks].sort((a, b) => a.at - b.at)) {
    const x = Math.round(plot.valToPos(at / 1000, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(name);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.setLineDash([2 * ratio, 2 * ratio]);
    stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
    // Marks that are close together share the letter of the first; the list below the plot names them all.
    if (x < free) continue;
    const width = ctx.measureText(letter).width;
    const isAtEnd = x + width + 4 * ratio > bbox.left + bbox.width;
    ctx.fillText(letter, isAtEnd ? x - width - 3 * ratio : x + 3 * ratio, bbox.top + 2 * ratio);
    free = x + width + 6 * ratio;
  }
  ctx.restore();
}

function stroke(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
