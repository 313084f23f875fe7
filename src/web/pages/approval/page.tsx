// One approval: what was asked for and what the person who asked was shown, kept as it was; and whether it still holds.

import { useRoute } from "preact-iso";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Loaded } from "../../ui/states.tsx";
import { approvalCalled } from "../../view/approval.ts";
import { Asked, Shown, Standing } from "./asked.tsx";
import { ApprovalVerbs } from "./verbs.tsx";

export default function ApprovalPage() {
  const id = useRoute().params["id"] ?? "";
  return <Approval key={id} id={id} />;
}

function Approval({ id }: { readonly id: string }) {
  const approval = useResource(
    "approvals.show",
    { params: { id } },
    { on: (event) => event.type === "approval" && event.approvalId === id },
  );
  const state = approval.state.value;
  const detail = state.kind === "ready" ? state.value : undefined;
  return (
    <Page
      title={detail?.summary ?? "Approval"}
      crumb={<a href="/approvals">Approvals</a>}
      beside={detail === undefined ? null : <Pill state={detail.state} text={approvalCalled(detail.state)} />}
      actions={detail === undefined ? null : <ApprovalVerbs approval={detail} onDone={approval.reload} />}
    >
      <Loaded of={approval} what="the approval, and whether it still holds">
        {(value) => (
          <>
            <Standing approval={value} />
            <div class="split">
              <section class="card" aria-label="Asked for">
                <h2>Asked for</h2>
                <Asked approval={value} />
              </section>
              <section class="card" aria-label="What was shown">
                <h2>What {value.requestedBy} was shown</h2>
                <Shown approval={value} />
              </section>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
