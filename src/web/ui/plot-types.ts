// What a plot over time is made of.

export type Colour = "--accent" | "--good" | "--warn" | "--bad" | "--info" | "--muted";

export interface PlotSeries {
  readonly name: string;
  readonly colour: Colour;
  readonly values: readonly (number | null)[];
  /** Lower and upper edge of what the evidence allows, drawn as a band. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
  readonly stepped?: boolean;
}

export interface PlotLimit {
  readonly at: number;
  readonly name: string;
  readonly colour: Colour;
}

/** What happened at an instant. */
export interface PlotMark {
  readonly at: number;
  readonly colour: Colour;
  readonly letter: string;
  /** What happened, a sentence without its full stop. */
  readonly text: string;
  /** Where a click on it leads; nowhere by default. */
  readonly href?: string | undefined;
}
