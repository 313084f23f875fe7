// Users and tokens: who may sign in, with which role and until when; a new token is shown once.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useTenant } from "../../ui/where.tsx";
import { timeFormat } from "../../view/format.ts";

const ROLES = [
  ["viewer", "viewer"],
  ["operator", "operator"],
  ["admin", "admin"],
] as const;

/** A form that ends in the text of a token, which is shown here and nowhere else. */
function NewToken({ onMade }: { readonly onMade: () => void }) {
  const { client, toasts } = useDashboard();
  const name = useSignal("");
  const role = useSignal<ApiTypes.Role>("viewer");
  const days = useSignal("90");
  const person = useSignal("");
  const made = useSignal<
    { readonly name: string; readonly role: string; readonly token: string; readonly expiresAt: string } | undefined
  >(undefined);
  const busy = useSignal(false);
  const tenant = useTenant()?.name ?? "a tenant that is not named";
  const make = async () => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      const body = {
        name: name.value.trim(),
        role: role.value,
        ...(days.value === "" ? {} : { days: Number(days.value) }),
        ...(person.value.trim() === "" ? {} : { person: person.value.trim() }),
      };
      const { token, expiresAt } = await client.ask("tokens.add", { body });
      made.value = { name: body.name, role: body.role, token, expiresAt };
      name.value = "";
      person.value = "";
      onMade();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      busy.value = false;
    }
  };
  /** What whom it is for has to know, but for the token itself. */
  const invitation = ({ role: as, expiresAt }: NonNullable<typeof made.value>) =>
    `outdial at ${tenant}: ${location.origin}/login\nSign in with this token, as ${as}, until ${timeFormat().day(expiresAt)}:\n`;
  // A mail keeps what it says, and its address is in the machine's lists: the token goes another way.
  const mailTo = (of: NonNullable<typeof made.value>) =>
    `mailto:?subject=${encodeURIComponent(`outdial at ${tenant}`)}&body=${encodeURIComponent(`${invitation(of)}(you get the token apart from this mail)`)}`;
  /** Address, role, token and end, to be sent to whom it is for. */
  const copy = (of: typeof made.value) =>
    of === undefined
      ? undefined
      : navigator.clipboard.writeText(`${invitation(of)}${of.token}`).then(
          () => toasts.show("good", "Copied: address, role, token and its end"),
          () => toasts.show("bad", "The browser does not let this page copy."),
        );
  return (
    <section class="card stack" aria-label="New token">
      <h2>New token</h2>
      <p class="muted small">
        A viewer sees everything but telephone numbers, an operator also acts, an admin also makes tokens and registrations.
      </p>
      <form
        class="field-grid"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <TextField
          label="Name"
          required
          value={name.value}
          hint="the person or program that will hold it"
          onChange={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label="Person"
          value={person.value}
          hint="whose it is, as the sign-in provider names them (sso:…): nobody approves their own request by another token"
          onChange={(value) => {
            person.value = value;
          }}
        />
        <SelectField
          label="Role"
          value={role.value}
          options={ROLES}
          onChange={(value) => {
            role.value = value;
          }}
        />
        <TextField
          label="Days"
          type="number"
          value={days.value}
          hint="1 to 3650; then it ends by itself"
          onChange={(value) => {
            days.value = value;
          }}
        />
        <div class="row">
          <button type="submit" class="button primary" aria-disabled={busy.value}>
            Make a token
          </button>
        </div>
      </form>
      <div role="status">
        {made.value === undefined ? null : (
          <div class="banner good">
            <div class="stack">
              <p class="break">
                The token of <NameText text={made.value.name} />, good until <Time at={made.value.expiresAt} />. Copy it now: it
                is not shown again.
              </p>
              <code class="break">{made.value.token}</code>
              <div class="row">
                <button type="button" class="button primary" onClick={() => void copy(made.value)}>
                  Copy as an invitation
                </button>
                <a class="button" href={mailTo(made.value)}>
                  Mail without the token
                </a>
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    made.value = undefined;
                  }}
                >
                  I have copied it
                </button>
              </div>
            </div>
          </div>
        )}
      </div>
    </section>
  );
}

type Token = ApiTypes.Token;
type Session = ApiTypes.Session;

/** Who is signed in, each with an end. */
function Sessions() {
  const { client, toasts } = useDashboard();
  const sessions = useResource("sessions.list", {}, { every: 30_000, sticky: true });
  const chosen = useSignal<Session | undefined>(undefined);
  const called = ({ label, name }: Session) => label ?? name;
  const columns: readonly Column<Session>[] = [
    { name: "Signed in", head: true, cell: (one) => <NameText text={called(one)} /> },
    { name: "Role", cell: ({ role }) => role },
    { name: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { name: "Last used", cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    {
      name: "End",
      cell: (one) =>
        one.own ? (
          "this one"
        ) : (
          <button
            type="button"
            class="button danger"
            aria-label={`End the session of ${called(one)}`}
            onClick={() => {
              chosen.value = one;
            }}
          >
            End
          </button>
        ),
    },
  ];
  return (
    <section class="card" aria-label="Sessions">
      <h2>Sessions</h2>
      <Loaded of={sessions} what="sessions">
        {({ items }) => <SavedTable caption="Sessions" saved="sessions" columns={columns} rows={items} rowKey={({ id }) => id} />}
      </Loaded>
      {chosen.value === undefined ? null : (
        <Confirm
          title={`End the session of ${called(chosen.value)}`}
          verb="End"
          preview={async () => ({
            confirm: undefined,
            refusals: [],
            body: (
              <p>
                Whoever has it signs in again to go on; what was typed stays. A token that opened it is still good: revoke it.
              </p>
            ),
          })}
          onConfirm={async () => {
            await client.ask("sessions.end", { params: { id: chosen.value?.id ?? "" } });
            toasts.show("good", "The session is ended");
            sessions.reload();
          }}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </section>
  );
}

export default function AccessPage() {
  const { client, session, toasts, now } = useDashboard();
  const chosen = useSignal<Token | undefined>(undefined);
  const isAdmin = session.may("admin");
  const tokens = useResource("tokens.list", isAdmin ? {} : undefined, { every: 30_000 });
  const state = session.state.value;
  const me = state.kind === "signed_in" ? state.me.name : "";
  const revoke: Column<Token> = {
    name: "Revoke",
    cell: (token) =>
      standingOf(token, now()) !== "active" ? null : (
        <button
          type="button"
          class="button danger"
          aria-label={`Revoke the token of ${token.name}`}
          onClick={() => {
            chosen.value = token;
          }}
        >
          Revoke
        </button>
      ),
  };
  return (
    <Page
      title="Users and tokens"
      lead="Each person or program signs in with a token of its own: the audit log names it. A revoked token also ends the sessions that were opened with it."
    >
      {isAdmin ? (
        <>
          <NewToken onMade={tokens.reload} />
          <Loaded
            of={tokens}
            what="tokens"
            isEmpty={({ items }) => items.length === 0}
            empty={
              <Empty title="No tokens">
                <p>You signed in with a link of this machine. Make a token for everybody who is to sign in.</p>
              </Empty>
            }
          >
            {({ items }) => (
              <SavedTable
                caption="Tokens"
                saved="tokens"
                columns={[...columnsOf(now()), revoke]}
                rows={items}
                rowKey={({ id }) => id}
              />
            )}
          </Loaded>
          {tokens.state.value.kind === "ready" ? <Sessions /> : null}
        </>
      ) : (
        <Empty title="Your role does not show tokens">
          <p>Tokens are made and revoked with the role admin. You are signed in as {me}.</p>
        </Empty>
      )}
      {chosen.value === undefined ? null : (
        <Confirm
          key={chosen.value.id}
          title={`Revoke the token of ${chosen.value.name}`}
          verb="Revoke"
          preview={async () => ({
            confirm: undefined,
            refusals: [],
            body: <p>Its sessions end at once. This cannot be undone; a new token can be made.</p>,
          })}
          onConfirm={async () => {
            const { name } = await client.ask("tokens.revoke", { params: { id: chosen.value?.id ?? "" } });
            toasts.show("good", `The token of ${name} is revoked`);
            tokens.reload();
          }}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </Page>
  );
}

function standingOf({ revokedAt, expiresAt }: Token, now: number): "active" | "revoked" | "expired" {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(expiresAt) <= now ? "expired" : "active";
}

const columnsOf = (now: number): readonly Column<Token>[] => [
  {
    name: "Name",
    head: true,
    cell: ({ id, name }) => (
      <>
        <span class="break">{name}</span>
        <span class="cell-note mono break">{id}</span>
      </>
    ),
  },
  {
    name: "Person",
    cell: ({ person }) => (person === null ? <span class="muted">not said</span> : <span class="break">{person}</span>),
  },
  { name: "Role", cell: ({ role }) => role },
  {
    name: "State",
    cell: (token) => {
      const standing = standingOf(token, now);
      return (
        <>
          <Pill state={standing} tone={standing === "active" ? "good" : "none"} />
          <span class="cell-note">
            {token.revokedAt === null ? (token.expiresAt === null ? "does not expire" : "until ") : ""}
            {token.revokedAt === null && token.expiresAt === null ? null : <Time at={token.revokedAt ?? token.expiresAt} />}
          </span>
        </>
      );
    },
  },
  {
    name: "Made",
    cell: ({ createdAt, createdBy }) => (
      <>
        <Time at={createdAt} />
        <span class="cell-note break">by {createdBy}</span>
      </>
    ),
  },
  { name: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Time at={lastUsedAt} />) },
];
