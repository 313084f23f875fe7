// Object storage with the interface of S3 on this machine, whose requests are counted and can be broken. With TEST_S3 set to the address, the
// key's id and its secret of another one (as of a radosgw), the same tests judge that one, signatures included.

import { createServer, type IncomingMessage, type RequestListener, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { S3mini } from "s3mini";
import S3rver from "s3rver";

/** Takes the place of an answer; false leaves it to the storage. */
type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ObjectStorage extends AsyncDisposable {
  readonly endpoint: string;
  /** An empty one of its own. */
  readonly bucket: string;
  readonly keys: { readonly id: string; readonly secret: string };
  /** A client of the bucket. */
  readonly client: S3mini;
  /** Method and path of each request. */
  readonly asked: string[];
  fault: Fault | undefined;
}

/** Region that any storage takes: one that knows regions of its own takes it for its own. */
export const REGION = "default";

/** @param directory where it keeps its objects */
export async function startS3(directory: string): Promise<ObjectStorage> {
  const [other, id = "S3RVER", secret = "S3RVER"] = (process.env["TEST_S3"] ?? "").split(" ").filter((part) => part !== "");
  const bucket = `calls-${crypto.randomUUID()}`;
  const answer =
    other === undefined
      ? (new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [] }).callback() as RequestListener)
      : forwardTo(other);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    if (started.fault?.(request, response) !== true) answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3mini({ accessKeyId: id, secretAccessKey: secret, region: REGION, endpoint: `${endpoint}/${bucket}` });
  const started: ObjectStorage = {
    endpoint,
    bucket,
    keys: { id, secret },
    client,
    asked,
    fault: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await client.createBucket();
  asked.length = 0;
  return started;
}

/** Passes requests on as they are: the host that was asked is part of what was signed. */
function forwardTo(other: string): RequestListener {
  const { hostname, port } = new URL(other);
  return (request, response) => {
    const { method, url: path, headers } = request;
    const passed = send({ hostname, port, method, path, headers }, (came) => {
      response.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  };
}
