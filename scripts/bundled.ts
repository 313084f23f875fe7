// Which packages there is code of in a bundle: their licences belong to it.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BUNDLED } from "./notices.ts";

interface Chunk {
  readonly type: string;
  readonly modules?: Readonly<Record<string, { readonly renderedLength: number }>>;
}

/** A plugin of Vite, whatever its version: writes into a file of which packages there is code in the bundle. */
export function packagesTold() {
  return {
    name: "packages-told",
    generateBundle(_: unknown, bundle: Readonly<Record<string, Chunk>>) {
      const told = process.env["OUTDIAL_BUNDLED"];
      if (told === undefined) return;
      for (const { modules = {} } of Object.values(bundle))
        for (const [id, { renderedLength }] of Object.entries(modules)) {
          const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? /^\0(vite|rolldown)\//.exec(id)?.[1];
          if (name !== undefined && renderedLength > 0) appendFileSync(told, `${name}\n`);
        }
    },
  };
}

/** Runs a build with `packagesTold`. Throws unless THIRD-PARTY-NOTICES has the licences of all code of others that was bundled, and of nothing else. */
export async function withNotices(part: keyof typeof BUNDLED, build: () => Promise<unknown>): Promise<void> {
  const told = join(mkdtempSync(join(tmpdir(), "outdial-bundled-")), "packages");
  process.env["OUTDIAL_BUNDLED"] = told;
  await build();
  const bundled = [...new Set(readFileSync(told, "utf8").trim().split("\n"))].sort();
  rmSync(dirname(told), { recursive: true });
  const { BUNDLED } = await import("./notices.ts");
  if (bundled.join() === BUNDLED[part].join()) return;
  throw new Error(
    `the bundle ${part} has code of ${bundled.join(", ")}; scripts/notices.ts names ${BUNDLED[part].join(", ")}. Correct it there and run npm run generate`,
  );
}
