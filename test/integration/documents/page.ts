// What the reader of a document may have besides its text.

import type { StartedWorld } from "../../support/world.ts";

export interface Page {
  /** Files in the reader's folder: their text, or a file of this repository. */
  readonly has?: Readonly<Record<string, string | { readonly of: string }>>;
  /** Scenario of the tenant; its default world otherwise. */
  readonly scenario?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Read at the present: for what compares this machine's clock with the tenant's. By default on a Tuesday in June. */
  readonly today?: true;
  /** What happened before, and what it left in the shell. */
  readonly before?: (world: StartedWorld, stack: AsyncDisposableStack) => Promise<Readonly<Record<string, string>> | void>;
  /** What the reader does by hand before a command, by what the command contains. */
  readonly byHand?: Readonly<Record<string, (world: StartedWorld) => Promise<void>>>;
  /** Exit codes of commands that end with another one than 0, by what they contain. */
  readonly ends?: Readonly<Record<string, number | readonly number[]>>;
  /** Commands that go on until they are stopped, and what they have said by then. */
  readonly stopped?: Readonly<Record<string, RegExp>>;
  /** Commands that wait for minutes: time passes faster for them and for the tenant. */
  readonly hastened?: readonly string[];
  /** Options that are added to a command, by what it contains. */
  readonly adds?: Readonly<Record<string, readonly string[]>>;
  /** Commands that go on, once they have said this, until the document ends. */
  readonly stays?: Readonly<Record<string, RegExp>>;
  /** Variables that the reader sets from what a command said, by what it contains; the first group is the value. */
  readonly learns?: Readonly<Record<string, readonly [variable: string, from: RegExp]>>;
  /** What a command says besides what the document shows, by what it contains: numbers count. */
  readonly says?: Readonly<Record<string, RegExp>>;
  /** Commands that ask; the answer is yes. */
  readonly asks?: readonly string[];
  /** What stands for words, such as JOB. */
  readonly stands?: Readonly<Record<string, (world: StartedWorld) => Promise<string>>>;
  /** Other programs than outdial. @returns what they say */
  readonly others?: Readonly<
    Record<
      string,
      (words: readonly string[], world: StartedWorld, shell: Readonly<Record<string, string>>) => string | Promise<string>
    >
  >;
  /** What reads the files that are shown, by kind; throws for one that does not hold. */
  readonly files?: Readonly<
    Record<string, (text: string, world: StartedWorld, shell: Readonly<Record<string, string>>) => void | Promise<void>>
  >;
  /** Statements after each program, which close what it opened. */
  readonly after?: string;
}
