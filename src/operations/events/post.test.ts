import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test } from "vitest";
import { CERTIFICATE } from "../../../test/support/certificate.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { HOST, startTunnel } from "../../../test/support/tunnel.ts";
import { parseEndpoint } from "./endpoint.ts";
import { poolPoster } from "./post.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("a receiver on the internet is reached through the proxy; one that is excepted from it only at an address that it may have", async () => {
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, CERTIFICATE.cert]);
  try {
    await using stack = new AsyncDisposableStack();
    const receiver = await startReceiver(secret);
    stack.defer(() => receiver.close());
    await using tunnel = await startTunnel(receiver.url);
    const post = async (except: string) => {
      const proxy = { url: tunnel.url, except };
      const endpoint = parseEndpoint("bi", { url: `https://${HOST}/events`, secret, proxy }, async () => ["10.0.0.1"]);
      const poster = poolPoster(endpoint, { connections: 1, connectTimeoutMs: 60_000 });
      try {
        return (await poster.post({}, "{}", AbortSignal.timeout(60_000))).status;
      } finally {
        await poster.close();
      }
    };
    expect(await post("")).toBe(204);
    expect(tunnel.asked).toEqual([`${HOST}:443`]);
    await expect(post(HOST)).rejects.toMatchObject({ code: "address_refused" });
    expect(tunnel.asked).toHaveLength(1);
  } finally {
    setDefaultCACertificates(trusted);
  }
});
