// What the tenant told of callbacks and calling lists, and how far opt-outs were carried out there.

export const optOuts = `
alter table outdial.tenant_readings drop constraint tenant_readings_what_check, add constraint tenant_readings_what_check
  check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer', 'workload', 'do-not-call', 'callbacks', 'calling-lists', 'opt-outs'));
drop trigger tell_tenant_reading on outdial.tenant_readings;
create trigger tell_tenant_reading after update on outdial.tenant_readings for each row
  when (new.what not in ('workload', 'callbacks', 'calling-lists', 'opt-outs')
    and (old.value::text is distinct from new.value::text or old.problem::text is distinct from new.problem::text
    or (old.read_at is null) <> (new.read_at is null)))
  execute function outdial.tell('campaign');
`;
