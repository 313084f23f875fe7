// An id or a path as text that breaks behind its separators, not in the middle of a word.

/** Shows it as it is; copied, it has nothing added. */
export function NameText({ text }: { readonly text: string }) {
  return <>{text.split(/(?<=[_.\-/=])(?=[^_.\-/=])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]))}</>;
}
