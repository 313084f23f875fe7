// How the company's do-not-call list came here; where there is none, a person declares by name that the company has none.

import { useSignal } from "@preact/signals";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { TextField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";

export function CompanyList() {
  const list = useResource("suppressions.list", {});
  return (
    <section class="card stack" aria-label="Company do-not-call list">
      <h2>Company do-not-call list</h2>
      <Loaded of={list} what="how the list came here">
        {({ companyList }) =>
          companyList === null ? (
            <Undeclared onDeclared={list.reload} />
          ) : (
            <div class="row">
              <Pill state="" tone="good" text={companyList.state === "loaded" ? "loaded" : "declared empty"} />
              <span class="break">
                <Time at={companyList.at} /> by {companyList.by}: {companyList.source}
              </span>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Undeclared({ onDeclared }: { readonly onDeclared: () => void }) {
  const { client, session, toasts } = useDashboard();
  const name = useSignal("");
  const reason = useSignal("");
  const isComplete = name.value.trim() !== "" && reason.value.trim().length >= 3;
  const why = useWhy(isComplete ? undefined : "Needs your name and a reason of 3 characters or more");
  const declare = async () => {
    try {
      await client.ask("suppressions.declareEmpty", { body: { name: name.value.trim(), reason: reason.value.trim() } });
      toasts.show("good", "The company's do-not-call list is declared empty");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDeclared();
  };
  return (
    <>
      <p>
        The list was neither loaded nor declared empty, and no gate lets anybody be called before. Load it with{" "}
        <code>outdial dnc import FILE</code>. If the company has none, a person declares that here, with name and reason; the
        audit log keeps both.
      </p>
      {session.may("operator") ? (
        <form
          class="field-grid"
          onSubmit={(event) => {
            event.preventDefault();
            void declare();
          }}
        >
          <TextField
            label="Your name"
            required
            value={name.value}
            onChange={(value) => {
              name.value = value;
            }}
          />
          <TextField
            label="Why there is no list"
            required
            value={reason.value}
            onChange={(value) => {
              reason.value = value;
            }}
          />
          <div class="row">
            <button type="submit" class="button danger" {...why.off}>
              Declare the list empty
            </button>
            {why.said}
          </div>
        </form>
      ) : (
        <p class="muted">Declaring it needs the role operator.</p>
      )}
    </>
  );
}
