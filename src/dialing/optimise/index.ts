// Optimising pacing: the best parameters under the rule on abandoned calls, and the frontier they lie on.

export {
  type Assurance,
  assure,
  type FrontierPoint,
  frontierCsv,
  frontierSvg,
  type OptimiseOptions,
  type Optimum,
  optimise,
  type Plot,
  type PlotSeries,
  type RunCounts,
  type Runner,
  svgPlot,
} from "./optimise.ts";
