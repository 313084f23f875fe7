// The parts of a plot over time.

export type Colour = "--accent" | "--good" | "--warn" | "--bad" | "--info" | "--muted";

export interface PlotSeries {
  readonly name: string;
  readonly colour: Colour;
  /** `null`: not known then, and no line is joined over it; `undefined`: not of this series, another one has a moment here. */
  readonly values: readonly (number | null | undefined)[];
  /** Lower and upper end of the interval, drawn as a band. */
  readonly band?: { readonly low: PlotSeries["values"]; readonly high: PlotSeries["values"] };
  readonly stepped?: boolean;
  readonly dashed?: boolean;
}

export interface PlotLimit {
  readonly at: number;
  readonly name: string;
  readonly colour: Colour;
}

/** An event at an instant. */
export interface PlotMark {
  readonly at: number;
  readonly colour: Colour;
  readonly letter: string;
  /** The event, as a sentence without its full stop. */
  readonly text: string;
  /** Address that a click on it opens; none by default. */
  readonly href?: string | undefined;
}
