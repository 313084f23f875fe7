// Shown when the code of a page could not be loaded: the service is away, or another version replaced it.

import { Page } from "./page.tsx";

export function NotLoaded() {
  return (
    <Page title="Not loaded">
      <div class="state error" role="alert">
        <p>The code of this page did not come. The service may be away, or may have been replaced by a newer one.</p>
        <button type="button" class="button primary" onClick={() => location.reload()}>
          Load the dashboard again
        </button>
      </div>
    </Page>
  );
}
