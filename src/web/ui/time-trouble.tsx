// A time in the address that could not be used.

export function TimeTrouble({ text }: { readonly text: string }) {
  return (
    <div class="banner warn" role="alert">
      <span class="break">{text}</span>
    </div>
  );
}
