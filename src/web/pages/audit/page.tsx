// The audit log: search, verification of the whole, and the proof of an entry as a file.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { Query } from "../../api/operation.ts";
import { Page } from "../../shell/page.tsx";
import { Download } from "../../ui/download.tsx";
import { TextField } from "../../ui/fields.tsx";
import { More } from "../../ui/more.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Empty } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { TimeTrouble } from "../../ui/time-trouble.tsx";
import { ACTIONS, auditWords } from "../../view/audit-words.ts";
import { whole, zoneName } from "../../view/format.ts";
import { timeNamed, timeTrouble } from "../../view/time-range.ts";

/** The check of the whole log. */
function Verify() {
  const { client } = useDashboard();
  const verdict = useSignal<{ readonly tone: "good" | "bad" | "muted"; readonly text: string } | undefined>(undefined);
  const verify = async () => {
    verdict.value = { tone: "muted", text: "Recomputing the whole log …" };
    try {
      const found = await client.ask("audit.verify", {});
      verdict.value = found.ok ? saidOf(found) : { tone: "bad", text: found.message };
    } catch (thrown) {
      verdict.value = { tone: "bad", text: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
  return (
    <>
      <span role="status" class={`break ${verdict.value?.tone ?? ""}`}>
        {verdict.value?.text}
      </span>
      <button type="button" class="button" onClick={() => void verify()}>
        Verify
      </button>
    </>
  );
}

function saidOf(found: Extract<ApiTypes.AuditVerdict, { ok: true }>): { readonly tone: "good" | "muted"; readonly text: string } {
  const counted = `${whole(found.size)} entries, ${whole(found.checkpoints)} signed checkpoints`;
  return found.verified
    ? { tone: "good", text: `Verified: ${counted}, compared with a head outside the store` }
    : { tone: "muted", text: `Whole in itself, not verified: ${counted}; no head outside the store could be compared` };
}

const FIELDS = [
  ["text", "Text"],
  ["actor", "Person or program"],
  ["action", "Action"],
  ["subject", "Subject"],
] as const;
const TIMES = [
  ["from", "From"],
  ["to", "Before"],
] as const;

/** A time of the form as the API takes it; undefined for none. */
function instantOf(text: string | undefined): string | undefined {
  const at = timeNamed(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** The number of an entry; undefined for none. Null: what was given is no such number. */
function entryOf(text: string | undefined): number | null | undefined {
  if (text === undefined || text === "") return undefined;
  const seq = Number(text);
  return Number.isSafeInteger(seq + 1) && seq >= 1 ? seq : null;
}

/** The entries are asked for newest first, so that one of a given number begins behind the next. */
function searchOf(query: Readonly<Record<string, string>>): Query {
  const seq = entryOf(query["seq"]) ?? undefined;
  return {
    ...Object.fromEntries(FIELDS.map(([name]) => [name, query[name] === "" ? undefined : query[name]])),
    ...Object.fromEntries(TIMES.map(([name]) => [name, instantOf(query[name])])),
    cursor: seq === undefined ? undefined : seq + 1,
    limit: seq === undefined ? undefined : 1,
    reveal: query["reveal"] === "true" ? true : undefined,
  };
}

export default function AuditPage() {
  const { query, route } = useLocation();
  const asked = useSignal(query);
  const { session } = useDashboard();
  const isOperator = session.may("operator");
  const columns = isOperator ? [...COLUMNS, PROOF] : COLUMNS;
  const trouble = timeTrouble(query, Object.fromEntries(TIMES) as Record<(typeof TIMES)[number][0], string>);
  const noEntry = entryOf(query["seq"]) === null;
  return (
    <Page
      title="Audit"
      lead="Everything that was done, in one log that can be neither changed nor cut without it being found."
      actions={<Verify />}
    >
      <form
        class="card field-grid"
        role="search"
        aria-label="Audit"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = Object.entries(asked.value).filter(([, value]) => value !== "");
          route(`/audit?${new URLSearchParams(wanted).toString()}`);
        }}
      >
        {FIELDS.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            type="search"
            value={asked.value[name] ?? ""}
            {...(name === "action" ? { suggestions: ACTIONS } : {})}
            onChange={(value) => {
              asked.value = { ...asked.value, [name]: value };
            }}
          />
        ))}
        {TIMES.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            type="datetime-local"
            value={asked.value[name] ?? ""}
            hint={`time of ${zoneName()}`}
            onChange={(value) => {
              asked.value = { ...asked.value, [name]: value };
            }}
          />
        ))}
        <TextField
          label="Entry"
          type="number"
          value={asked.value["seq"] ?? ""}
          onChange={(value) => {
            asked.value = { ...asked.value, seq: value };
          }}
        />
        {isOperator ? (
          <label class="check">
            <input
              type="checkbox"
              checked={asked.value["reveal"] === "true"}
              onChange={(event) => {
                asked.value = { ...asked.value, reveal: event.currentTarget.checked ? "true" : "" };
              }}
            />
            Show telephone numbers; it is written into the audit
          </label>
        ) : null}
        <div class="row">
          <button type="submit" class="button primary">
            Search
          </button>
        </div>
      </form>
      {trouble === undefined ? null : <TimeTrouble text={trouble} />}
      {noEntry ? (
        <Empty title="No entry fits">
          <p class="break">“{query["seq"]?.slice(0, 60)}” is not the number of an entry: these are whole numbers from 1 on.</p>
        </Empty>
      ) : (
        <Found query={query} columns={columns} trouble={trouble} />
      )}
    </Page>
  );
}

function Found({
  query,
  columns,
  trouble,
}: {
  readonly query: Readonly<Record<string, string>>;
  readonly columns: readonly Column<ApiTypes.AuditEntry>[];
  readonly trouble: string | undefined;
}) {
  return (
    <More
      of="audit.list"
      query={searchOf(query)}
      what="entries"
      empty={
        <Empty title="No entry fits">
          <p>{trouble ?? "Search with fewer words: each field must fit."}</p>
        </Empty>
      }
    >
      {(entries) => <Grouped entries={entries} columns={columns} />}
    </More>
  );
}

/** So many entries of one job that say the same and follow each other are one row. */
const ALIKE_FROM = 4;

/** Entries of a job one after another as one row, which says how many more there are and shows them. */
function Grouped({ entries, columns }: { readonly entries: readonly ApiTypes.AuditEntry[]; readonly columns: typeof COLUMNS }) {
  const shown = useSignal<ReadonlySet<number>>(new Set());
  const runs = runsOf(entries);
  const more = new Map(runs.flatMap(([first, ...rest]) => (first === undefined ? [] : [[first.seq, rest.length] as const])));
  const rows = runs.flatMap((run) =>
    run.length < ALIKE_FROM || run[0] === undefined || shown.value.has(run[0].seq) ? run : [run[0]],
  );
  const withMore: typeof COLUMNS = columns.map((column) =>
    column.name !== "What"
      ? column
      : {
          ...column,
          cell: (entry) => {
            const count = more.get(entry.seq) ?? 0;
            return (
              <>
                {column.cell(entry)}
                {count + 1 < ALIKE_FROM ? null : (
                  <button
                    type="button"
                    class="button quiet small"
                    aria-expanded={shown.value.has(entry.seq)}
                    onClick={() => {
                      const others = [...shown.value].filter((seq) => seq !== entry.seq);
                      shown.value = new Set(shown.value.has(entry.seq) ? others : [...others, entry.seq]);
                    }}
                  >
                    {shown.value.has(entry.seq) ? `Hide ${whole(count)}` : `${whole(count)} more of this job`}
                  </button>
                )}
              </>
            );
          },
        },
  );
  return <Table caption="Entries" columns={withMore} rows={rows} rowKey={({ seq }) => seq} />;
}

function runsOf(entries: readonly ApiTypes.AuditEntry[]): readonly (readonly ApiTypes.AuditEntry[])[] {
  const runs: ApiTypes.AuditEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    if (first !== undefined && entry.job !== null && entry.job === first.job && entry.action === first.action) run?.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

const COLUMNS: readonly Column<ApiTypes.AuditEntry>[] = [
  { name: "Entry", head: true, cell: ({ seq }) => seq },
  { name: "When", cell: ({ time }) => <Time at={time} /> },
  {
    name: "What",
    cell: ({ actor, action, details }) => (
      <>
        <span class="break">{auditWords({ actor, action, details })}</span>
        <span class="cell-note mono break">{action}</span>
        {Object.keys(details).length === 0 ? null : (
          <details>
            <summary class="small muted">Details</summary>
            <pre tabIndex={0}>{JSON.stringify(details, null, 2)}</pre>
          </details>
        )}
      </>
    ),
  },
  {
    name: "Subject",
    cell: ({ subject, job }) => (
      <>
        <span class="break">
          <NameText text={subject} />
        </span>
        {job === null ? null : (
          <span class="cell-note">
            <a href={`/jobs/${encodeURIComponent(job)}`}>its job</a>
          </span>
        )}
      </>
    ),
  },
];

/** A proof holds the entry as it is, numbers included. */
const PROOF: Column<ApiTypes.AuditEntry> = {
  name: "Proof",
  cell: ({ seq }) => (
    <Download of="audit.proof" asking={{ params: { seq } }} name={`proof-${seq}.json`}>
      Proof<span class="visually-hidden"> of entry {seq}</span>
    </Download>
  ),
};
