// Whom outdial sends events and mail to, whose events it takes, and through whom people sign in: each is tried, and sent nothing.

import { type MailReceiver, reachMail, reachWebhook } from "../../operations/index.ts";
import { Provider, SignInError } from "../../server/index.ts";
import { inboundSecrets } from "../inbound.ts";
import { mailOf, receiversOf } from "../receivers.ts";
import { signInOf } from "../sign-in.ts";
import { collect, type Seen } from "./check.ts";

/** The receivers of events. A path may contain a secret, so the address is shown without it. */
export async function ofReceivers({ config, environment, add, waiting }: Seen): Promise<void> {
  const receivers = Object.entries(await receiversOf(config, environment));
  if (receivers.length === 0) add("receivers of events", "ok", "none configured");
  const tries = receivers.map(async ([name, receiver]) => {
    const part = collect();
    const check = `receiver ${name}`;
    await part.tried(check, async () => {
      const trouble = await waiting(`the receiver ${name}`, () => reachWebhook(name, receiver, config.clock));
      const { origin } = new URL(receiver.url);
      if (trouble === undefined) return part.add(check, "ok", `${origin} can be reached`);
      // Events wait for a receiver that is away; an alarm that waits is none.
      const [state, waits] = name === "alarms" ? (["fail", "Alarms"] as const) : (["warn", "Events"] as const);
      const setting = `webhooks.${name}.url or OUTDIAL_${name.toUpperCase()}_URL`;
      part.add(check, state, `${origin}: ${trouble}`, `${mendOf(trouble, "the receiver", setting)} ${waits} wait until then.`);
    });
    return part.checks;
  });
  for (const { check, state, text, mend } of (await Promise.all(tries)).flat()) add(check, state, text, mend);
}

/** The mail server for alarms. */
export async function ofMail({ config, environment, add, waiting }: Seen): Promise<void> {
  const mail = await mailOf(config, environment);
  if (mail === undefined) return;
  const trouble = await waiting("the mail server", () => reachMail(mail, config.clock));
  const server = serverOf(mail);
  if (trouble === undefined) {
    const signsIn = mail.user === undefined ? "" : " and lets outdial in";
    add(
      "mail",
      "ok",
      `${server} greets${signsIn}; alarms go to ${mail.to.length} ${mail.to.length === 1 ? "address" : "addresses"}`,
    );
  } else
    add(
      "mail",
      "fail",
      `${server}: ${trouble}`,
      `${mendOf(trouble, "the mail server", "alarms.mail.server")} Alarms wait until then.`,
    );
}

/** `URL` gives no origin for a mail server's address. */
function serverOf({ url }: Pick<MailReceiver, "url">): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** What to do about one that cannot be reached, or does not let outdial in. */
function mendOf(trouble: string, who: string, setting: string): string {
  if (trouble.includes("NODE_EXTRA_CA_CERTS"))
    return `Name the certificate of the authority of ${who} in NODE_EXTRA_CA_CERTS, for the service as well.`;
  if (/certificate/i.test(trouble)) return `Have the certificate of ${who} renewed, or use the name that it is of in ${setting}.`;
  if (/\bEAUTH\b/.test(trouble)) return "Correct alarms.mail.user, or its password.";
  return `Check that ${who} runs, its address (${setting}), and the way there.`;
}

/** The vendor's events that are taken. */
export async function ofInbound({ environment, add }: Seen): Promise<void> {
  const channels = Object.keys(await inboundSecrets(environment));
  add(
    "the vendor's events",
    "ok",
    channels.length === 0 ? "no secret is set: none are taken" : `taken from ${channels.join(", ")}`,
  );
}

/** The sign-in provider: whether it answers, and is the configured issuer. */
export async function ofSignIn({ config, environment, add, waiting }: Seen): Promise<void> {
  const settings = await signInOf(config, environment, "127.0.0.1");
  if (settings === undefined) return;
  const { name, issuer } = settings;
  const trouble = await waiting(`the sign-in provider ${issuer}`, () => troubleOf(new Provider(settings, config.clock)));
  const mend = (said: string) => `${mendOf(said, "the provider", "service.signIn.issuer")} Tokens and links work meanwhile.`;
  if (trouble === undefined) add("sign-in", "ok", `${name}: ${issuer} answers`);
  else add("sign-in", "fail", trouble, mend(trouble));
}

/** Why nobody could sign in through a provider; undefined when somebody could. */
async function troubleOf(provider: Provider): Promise<string | undefined> {
  try {
    await provider.check();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SignInError) return thrown.message;
    throw thrown;
  }
}
