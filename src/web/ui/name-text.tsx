// An id or a path as text that breaks behind its separators, not in the middle of a word.

import { Time } from "./time.tsx";

/** Shows it as it is; copied, it has nothing added. */
export function NameText({ text }: { readonly text: string }) {
  return <>{text.split(/(?<=[_.\-/=])(?=[^_.\-/=])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]))}</>;
}

/** An instant as the service writes it in a sentence. */
const INSTANT = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z)/;

/** A sentence of the service: its instants as people read them, the rest as NameText. */
export function Sentence({ text }: { readonly text: string }) {
  return (
    <>{text.split(INSTANT).map((part, i) => (i % 2 === 1 ? <Time key={i} at={part} /> : <NameText key={i} text={part} />))}</>
  );
}
