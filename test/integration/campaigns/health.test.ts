// The health of a campaign in the library: what nothing has read yet is not known, never zero.

import { expect, test } from "vitest";
import { openOutdial } from "../../../src/index.ts";
import { startWorld } from "../../support/world.ts";

const ID = "camp_primary_001";

test.each(["rest", "acd"] as const)(
  "%s: the health of a campaign that was not read is not known; read, it says how it is",
  async (profile) => {
    await using world = await startWorld({ profile });
    const config = `${world.folder}/outdial.yaml`;
    await using outdial = await openOutdial({ environment: world.environment, config, deliver: false });
    const [one] = (await outdial.campaigns.list(true)).items;
    const id = one?.id ?? "";
    const before = await outdial.campaigns.health(id, false);
    expect(before).toMatchObject({ campaign_id: id, active_calls: null, success_rate: null, last_metric_update: null });
    const read = await outdial.campaigns.health(id, true);
    expect(read).toMatchObject({ status: profile === "rest" ? "active" : expect.any(String), active_calls: expect.any(Number) });
    expect(read.last_metric_update).not.toBeNull();
    // From here on it is known.
    expect(await outdial.campaigns.health(id, false)).toEqual(read);
    if (profile === "rest") expect(id).toBe(ID);
  },
);
