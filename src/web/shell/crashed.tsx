// Shown in place of a page whose code threw an error: the rest of the dashboard continues.

export function Crashed({ error }: { readonly error: Error }) {
  return (
    <div class="state error" role="alert">
      <h2>This page cannot be shown</h2>
      <p class="break">{error.message}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}
