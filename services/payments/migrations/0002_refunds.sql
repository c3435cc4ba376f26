-- What the refunded tickets were worth. Less may go back when goodwill was given before: never more than was captured.
alter table refund add column value_cents integer not null default 0 check (value_cents >= 0);
update refund set value_cents = amount_cents where kind <> 'GOODWILL';
alter table refund drop constraint refund_amount_cents_check;
alter table refund add check (amount_cents >= 0);

-- One that the provider refused for good may be tried anew.
drop index refund_late_payment;
create unique index refund_late_payment on refund (payment_id) where kind = 'LATE_PAYMENT' and status <> 'FAILED';
create index refund_of_payment on refund (payment_id);

alter table simulator_charge add column refuses_refunds boolean not null default false;
create index simulator_refund_of_charge on simulator_refund (charge_key);
