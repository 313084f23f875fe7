// Optimising pacing: the best parameters under the rule on abandoned calls, and the frontier they lie on.

export { type Assurance, assure, type RunCounts } from "./assurance.ts";
export { frontierCsv, frontierSvg } from "./frontier.ts";
export { type FrontierPoint, type OptimiseOptions, type Optimum, optimise, type Runner } from "./optimise.ts";
export { type Plot, type PlotSeries, svgPlot } from "./plot.ts";
