// outdial interaction show.

import { showInteraction } from "../../app/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { entryLines } from "../render-interaction.ts";

export async function showInteractionCommand(
  [id = ""]: readonly string[],
  flags: GlobalFlags & { tenantUrl?: string },
  io: Io,
): Promise<number> {
  const { version, tree } = await showInteraction(id, flags, io.env);
  const { tag, dispositions } = version;
  if (io.json) {
    await io.data(JSON.stringify({ interactionId: id, etag: tag, dispositions }));
    return EXIT.done;
  }
  for (const line of entryLines(dispositions, tree)) await io.data(line);
  if (dispositions.length === 0) io.say("no dispositions yet");
  return EXIT.done;
}
