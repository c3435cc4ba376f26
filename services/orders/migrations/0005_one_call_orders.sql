-- Made with its hold and its payment in one call: when that payment comes to nothing, the order has failed.
alter table orders add column one_call boolean not null default false;
