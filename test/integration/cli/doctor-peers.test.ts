// outdial doctor tries whom outdial sends to and signs people in through, and says of each what is wrong. Nothing is sent to them.

import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CERTIFICATE } from "../../support/certificate.ts";
import { beginCli } from "../../support/cli.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startMailServer } from "../../support/mail-server.ts";
import { CLIENT, startProvider } from "../../support/oidc-provider.ts";
import { startReceiver } from "../../support/receiver.ts";
import { HOST, startTunnel } from "../../support/tunnel.ts";
import { until } from "../../support/until.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PASSWORD = "the-password-of-the-mailbox";
/** A port of the loopback on which nothing listens. */
const DEAD = 9;
const trusted = getCACertificates("default");

let stack: AsyncDisposableStack;
let world: StartedWorld;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  stack.defer(() => setDefaultCACertificates(trusted));
  world = stack.use(await startWorld());
});
afterEach(() => stack.disposeAsync());

interface Check {
  readonly check: string;
  readonly state: string;
  readonly text: string;
  readonly mend: string | null;
}

async function doctor(env: Readonly<Record<string, string>> = {}) {
  const given = { OUTDIAL_SIGN_IN_SECRET: CLIENT.secret, OUTDIAL_MAIL_PASSWORD: PASSWORD, OUTDIAL_BI_SECRET: SECRET };
  const secrets = { ...given, OUTDIAL_CRM_SECRET: SECRET, OUTDIAL_ALARMS_SECRET: SECRET, OUTDIAL_ANALYTICS_SECRET: SECRET };
  const { code, stdout, stderr } = await world.run(["doctor", "--json"], { env: { ...world.environment, ...secrets, ...env } });
  for (const secret of [SECRET.slice(6), PASSWORD, CLIENT.secret, "in-the-path", "hidden"])
    expect(stdout + stderr).not.toContain(secret);
  const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
  return { code, checks: new Map(checks.map((one) => [one.check, one])) };
}

/** A server of bare TCP that does as told with each connection. */
async function startServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<unknown>((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** An https server with a certificate that nobody knows. */
async function startSelfSigned(): Promise<number> {
  const server = createSecureServer({ ...CERTIFICATE }, (_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(async () => {
    await new Promise<unknown>((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const mailTo = (server: string) =>
  `alarms: { mail: { server: "${server}", from: "a@example.com", to: ["b@example.com", "c@example.com"], user: outdial } }\n`;
const signInBy = (issuer: string) =>
  `service: { signIn: { name: Example SSO, issuer: "${issuer}", clientId: ${CLIENT.id}, roleClaim: groups, roles: { ops: operator } } }\n`;

test("who can be reached is ok, as far as deliveries go: through the proxy, with TLS, with the password; and is sent nothing", async () => {
  setDefaultCACertificates([...trusted, CERTIFICATE.cert]);
  const receiver = await startReceiver(SECRET);
  stack.defer(() => receiver.close());
  const tunnel = stack.use(await startTunnel(receiver.url));
  const mail = stack.use(await startMailServer({ password: PASSWORD }));
  const provider = stack.use(await startProvider("http://127.0.0.1:1/sign-in/callback"));
  await world.configure(mailTo(`smtp://localhost:${mail.port}`) + signInBy(provider.issuer));
  const { code, checks } = await doctor({
    OUTDIAL_BI_URL: `${receiver.url}/in-the-path`,
    OUTDIAL_CRM_URL: `https://${HOST}/in-the-path`,
    HTTPS_PROXY: tunnel.url.replace("//", "//ann:hidden@"),
  });
  const { origin } = new URL(receiver.url);
  expect(checks.get("receiver bi")).toMatchObject({ state: "ok", text: `${origin} can be reached` });
  expect(checks.get("receiver crm")).toMatchObject({ state: "ok", text: `https://${HOST} can be reached` });
  expect(checks.get("mail")).toMatchObject({
    state: "ok",
    text: `smtp://localhost:${mail.port} greets and lets outdial in; alarms go to 2 addresses`,
  });
  expect(checks.get("sign-in")).toMatchObject({ state: "ok", text: `Example SSO: ${provider.issuer} answers` });
  expect(code).toBe(0);
  expect(tunnel.asked).toEqual([`${HOST}:443`]);
  expect(receiver.connections).toBe(1);
  expect([receiver.received, mail.mails]).toEqual([[], []]);
});

test("a receiver that cannot be reached is told with why and what to do: a warning, and wrong when alarms would wait", async () => {
  const unknown = await startSelfSigned();
  const plain = await startReceiver(SECRET);
  stack.defer(() => plain.close());
  const { code, checks } = await doctor({
    OUTDIAL_BI_URL: `http://127.0.0.1:${DEAD}/in-the-path`,
    OUTDIAL_CRM_URL: `https://127.0.0.1:${unknown}/in-the-path`,
    OUTDIAL_ANALYTICS_URL: plain.url.replace("http:", "https:"),
    OUTDIAL_ALARMS_URL: `https://127.0.0.1:${DEAD}`,
  });
  expect(code).toBe(1);
  expect(checks.get("receiver bi")).toMatchObject({
    state: "warn",
    text: `http://127.0.0.1:${DEAD}: no answer: connect ECONNREFUSED 127.0.0.1:${DEAD}`,
    mend: "Check that the receiver runs, its address (webhooks.bi.url or OUTDIAL_BI_URL), and the way there. Events wait until then.",
  });
  expect(checks.get("receiver crm")).toMatchObject({
    state: "warn",
    text: expect.stringContaining("self-signed certificate"),
    mend: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(checks.get("receiver analytics")).toMatchObject({
    state: "warn",
    text: expect.stringContaining("what answers there does not speak TLS"),
  });
  expect(checks.get("receiver alarms")).toMatchObject({
    state: "fail",
    mend: expect.stringContaining("Alarms wait until then."),
  });
  expect(plain.received).toEqual([]);
});

test("a certificate of another name, and a proxy that opens no tunnel, are told as such", async () => {
  setDefaultCACertificates([...trusted, CERTIFICATE.cert]);
  const tunnel = stack.use(await startTunnel(world.url));
  const other = await doctor({ OUTDIAL_BI_URL: `https://127.0.0.1:${await startSelfSigned()}` });
  expect(other.checks.get("receiver bi")).toMatchObject({
    text: expect.stringContaining("altnames"),
    mend: expect.stringContaining("the name that it is of"),
  });
  tunnel.answer = 407;
  const proxied = await doctor({
    OUTDIAL_BI_URL: `https://${HOST}`,
    HTTPS_PROXY: tunnel.url.replace("//", "//ann:hidden@"),
  });
  expect(proxied.checks.get("receiver bi")).toMatchObject({
    state: "warn",
    text: expect.stringContaining("the proxy answered 407: it wants a user and a password in HTTPS_PROXY"),
  });
});

test("a mail server that is away, has a bad certificate, is none or refuses the password is told; no mail is sent", async () => {
  const refusing = stack.use(await startMailServer({ password: "another" }));
  const secure = stack.use(await startMailServer({ tls: CERTIFICATE, secure: true }));
  const web = await startServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const told = async (server: string) => {
    await world.configure(mailTo(server));
    const { code, checks } = await doctor();
    expect(code).toBe(1);
    return checks.get("mail");
  };
  expect(await told(`smtps://127.0.0.1:${DEAD}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining(`connect ECONNREFUSED 127.0.0.1:${DEAD}`),
    mend: "Check that the mail server runs, its address (alarms.mail.server), and the way there. Alarms wait until then.",
  });
  expect(await told(`smtps://localhost:${secure.port}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining("self-signed certificate"),
    mend: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(await told(`smtp://127.0.0.1:${web}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining("Invalid greeting"),
  });
  expect(await told(`smtps://127.0.0.1:${web}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining("does not speak TLS"),
  });
  expect(await told(`smtp://127.0.0.1:${refusing.port}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining("535"),
    mend: "Correct alarms.mail.user, or its password. Alarms wait until then.",
  });
  expect([...refusing.mails, ...secure.mails]).toEqual([]);
});

test("a sign-in provider that is away, not trusted or another issuer is told", async () => {
  const told = async (issuer: string) => {
    await world.configure(signInBy(issuer));
    return (await doctor()).checks.get("sign-in");
  };
  const away = await startServer((socket) => socket.destroy());
  expect(await told(`http://127.0.0.1:${away}`)).toMatchObject({
    state: "fail",
    text: expect.stringMatching(/did not answer the discovery request: (?!fetch failed)\w/),
    mend: expect.stringContaining("service.signIn.issuer"),
  });
  expect(await told(`https://127.0.0.1:${await startSelfSigned()}`)).toMatchObject({
    state: "fail",
    text: expect.stringContaining("self-signed certificate"),
    mend: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  const provider = stack.use(await startProvider("http://127.0.0.1:1/sign-in/callback"));
  expect(await told(provider.issuer.replace("127.0.0.1", "localhost"))).toMatchObject({
    state: "fail",
    text: expect.stringContaining(`calls itself "${provider.issuer}"`),
  });
});

test("while a tenant says nothing everything else is shown, others that say nothing are given up, and it is told who is waited for", async () => {
  const silent: Socket[] = [];
  const others = await startServer(() => undefined);
  const port = await startServer((socket) => silent.push(socket));
  await world.configure(mailTo(`smtp://127.0.0.1:${others}`));
  const clock = hastenedClock();
  clock.pace(100);
  const bi = { OUTDIAL_BI_URL: `https://127.0.0.1:${others}`, OUTDIAL_BI_SECRET: SECRET, OUTDIAL_MAIL_PASSWORD: PASSWORD };
  const env = { ...world.environment, ...bi, OUTDIAL_TENANT_URL: `http://127.0.0.1:${port}` };
  const run = beginCli(["doctor"], { cwd: world.folder, env, clock });
  for (const who of [`the tenant http://127.0.0.1:${port}`, "the mail server"])
    await until(() => run.stderr().includes(`${who} has not answered since`));
  await until(() => /^ok {4}calling rules/m.test(run.stdout()));
  for (const name of ["configuration", "store"]) expect(run.stdout()).toMatch(new RegExp(`^ok {4}${name}`, "m"));
  expect(run.stdout()).toMatch(/^warn {2}receiver bi .*: no answer within 5000 ms$/m);
  expect(run.stdout()).toMatch(/^fail {2}mail .*: no answer within 10000 ms$/m);
  expect(run.stdout()).not.toMatch(/^\w+ +token/m);
  // The tenant hangs up, whenever it is asked again.
  while (!/^fail {2}token/m.test(run.stdout())) {
    for (const socket of silent.splice(0)) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { code, stdout } = await run.ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/\n {28}Check the tenant's address, and whether this machine reaches it[^]*\n\n2 wrong · /);
});
