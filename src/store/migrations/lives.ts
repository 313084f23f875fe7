// What is kept has a life, and what is asked often is asked of what is under way alone.

export const lives = `
-- Jobs that have not ended or stand still, in the order in which they are looked for; and all but those that are done, by status.
create index jobs_left on outdial.jobs (created_at desc, id desc) where status in ('ready', 'running', 'stopped');
create index jobs_by_status on outdial.jobs (status, created_at desc, id desc) include (kind) where status <> 'done';

-- Deliveries that succeeded, by receiver; their events are kept for some days.
create table outdial.delivered_counts (endpoint text primary key, delivered bigint not null) with (fillfactor = 10);
insert into outdial.delivered_counts select endpoint, count(*) from outdial.outbox where status = 'delivered' group by endpoint;
create index outbox_delivered on outdial.outbox (delivered_at) where status = 'delivered';
`;
