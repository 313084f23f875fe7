// A witness of the C2SP tlog-witness protocol on a socket of the loopback, strict where the protocol is.

import { generateKeyPairSync, hash, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyConsistency, verifySignatureLine } from "../../src/store/index.ts";

export interface TestWitness extends AsyncDisposable {
  readonly url: string;
  /** Its verifier key. */
  readonly key: string;
  /** Sizes that it signed, in this order. */
  readonly signed: number[];
  /** Answers 503 while it is true. */
  away: boolean;
  /** Signs with another key than its own. */
  forges: boolean;
}

const WITNESS = "witness.example/w1";

/** @param vkey of the log that it knows @param algorithm of its own key */
export async function startWitness(vkey: string, algorithm: "ed25519" | "ml-dsa-44" = "ed25519"): Promise<TestWitness> {
  const origin = vkey.split("+", 1)[0] ?? "";
  const type = algorithm === "ed25519" ? 4 : 6;
  const keys = () => (algorithm === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ml-dsa-44"));
  const own = keys();
  const other = keys();
  const raw = own.publicKey.export({ type: "spki", format: "der" }).subarray(algorithm === "ed25519" ? 12 : 22);
  const material = Buffer.concat([Buffer.of(type), raw]);
  const id = hash("sha256", Buffer.concat([Buffer.from(`${WITNESS}\n`), material]), "buffer").subarray(0, 4);
  let last = { size: 0, root: "", note: "" };
  const witness = { signed: [] as number[], away: false, forges: false };

  function answer(body: string): { status: number; type?: string; text?: string } {
    if (witness.away) return { status: 503 };
    const [head, note] = split(body);
    const [text, signatures] = split(note);
    const [old = "", ...path] = head.split("\n");
    const [named, size = "", root = ""] = text.split("\n");
    if (named !== origin) return { status: 404 };
    if (!verifySignatureLine(`${text}\n`, signatures, vkey)) return { status: 403 };
    const [from, to] = [Number(/^old (0|[1-9]\d*)$/.exec(old)?.[1]), Number(size)];
    if (!(from <= to)) return { status: 400 };
    if (from !== last.size) return { status: 409, type: "text/x.tlog.size", text: `${last.size}\n` };
    if (from === to && from > 0 && root !== last.root) return { status: 409 };
    const proof = { format: "outdial-audit-consistency@1", first: last.note, second: note, path };
    const grew = from === 0 ? path.length === 0 : verifyConsistency(proof, vkey).ok;
    if (!grew) return { status: 422 };
    last = { size: to, root, note };
    witness.signed.push(to);
    const time = Buffer.alloc(8);
    const seconds = 1_800_000_000 + to;
    time.writeBigUInt64BE(BigInt(seconds));
    const sized = (one: string) => Buffer.concat([Buffer.of(one.length), Buffer.from(one)]);
    const end = Buffer.alloc(16);
    end.writeBigUInt64BE(BigInt(to), 8);
    const message =
      type === 4
        ? Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}\n`)
        : Buffer.concat([Buffer.from("subtree/v1\n\0"), sized(WITNESS), time, sized(origin), end, Buffer.from(root, "base64")]);
    const made = sign(null, message, (witness.forges ? other : own).privateKey);
    return { status: 200, text: `— ${WITNESS} ${Buffer.concat([id, time, made]).toString("base64")}\n` };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const isHere = request.method === "POST" && request.url === "/add-checkpoint";
      const {
        status,
        type: contentType = "text/plain",
        text = "",
      } = isHere ? answer(Buffer.concat(chunks).toString()) : { status: 404 };
      response.writeHead(status, { "content-type": contentType }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(witness, {
    url: `http://127.0.0.1:${port}/`,
    key: `${WITNESS}+${id.toString("hex")}+${material.toString("base64")}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** What stands before and behind the first empty line. */
function split(text: string): [string, string] {
  const place = text.indexOf("\n\n");
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + 2)];
}
