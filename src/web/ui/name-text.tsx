// An id or a path as text that wraps after its separators, not in the middle of a word.

import { Time } from "./time.tsx";

/** Shows the text unchanged; copying it adds nothing. */
export function NameText({ text }: { readonly text: string }) {
  return <>{text.split(/(?<=[_.\-/=])(?=[^_.\-/=])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]))}</>;
}

/** An instant as the service writes it in a sentence. */
const INSTANT = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z)/;

/** A sentence of the service: its instants in the form for people, the rest as NameText. */
export function Sentence({ text }: { readonly text: string }) {
  return (
    <>{text.split(INSTANT).map((part, i) => (i % 2 === 1 ? <Time key={i} at={part} /> : <NameText key={i} text={part} />))}</>
  );
}
