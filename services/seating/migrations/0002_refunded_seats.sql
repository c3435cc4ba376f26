alter table reservation
  -- Which payment keeps the hold: news of another one's end must not close its window.
  add column paying_payment_id text collate "C",
  -- Refunds whose seats and places were given back; `seat_ids`, `place_quantities` and `quantity` are what is left.
  add column refund_ids text[] not null default '{}';
