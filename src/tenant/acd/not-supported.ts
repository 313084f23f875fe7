// What the ACD API does not do, and what to do instead.

import type { Capability } from "../capability.ts";

function unsupported(reason: string, alternative: string): Capability {
  return { supported: false, lock: "none", asynchronous: false, writes: "none", readBack: false, reason, alternative };
}

export const FINISHED = unsupported(
  "the disposition of a finished contact cannot be changed through the ACD API",
  "Choose one for outdial tag: --instead tag adds a tag for the code to each contact, --instead record keeps the correction in outdial's store alone. Neither changes the disposition.",
);

export const EVENTS = unsupported(
  "the ACD API delivers no events of voice campaigns",
  "outdial makes events of its own from what it reads: outdial serve.",
);

export const DOCUMENTS = unsupported(
  "the ACD API has no campaign as one document: a skill holds a part of what a campaign file says",
  "Write the file by hand (docs/campaigns.md); outdial campaign drift compares it, outdial campaign apply makes and changes the skill.",
);

export const MAKING = unsupported(
  "the ACD API makes a campaign piece by piece, and a skill of it needs more than dialer settings",
  "Write a campaign file (docs/campaigns.md): outdial campaign plan and apply make the campaign; then outdial dialer apply --campaign ID sets the skill's pacing.",
);

export const AUDIT = unsupported(
  "the ACD API has no audit log of settings",
  "outdial audit list shows what outdial changed, with before and after.",
);
