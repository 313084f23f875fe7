// Shown for an address without a page.

import { Page } from "./page.tsx";

export function NotFound() {
  return (
    <Page title="No such page">
      <div class="state">
        <p>The address does not name a page of the dashboard.</p>
        <a class="button" href="/">
          Campaigns
        </a>
      </div>
    </Page>
  );
}
