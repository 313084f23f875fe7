// How long a start that was sent counts as one that may still arrive.

export const starts = `
alter table outdial.starts add column accepted boolean not null default false, add column counts_until timestamptz;
update outdial.starts set counts_until = sent_at + interval '1 hour';
alter table outdial.starts alter column counts_until set not null;
`;
