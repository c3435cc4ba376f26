-- What payments told of orders, for their history: attempts, retries, outcomes and refunds.
create table payment_news (
  order_id    text collate "C" not null,
  news_id     bigint generated always as identity,
  type        text not null,
  payment_id  text collate "C" not null,
  -- What else there is to say: attempt, failureReason, retryable, refundId, amountCents.
  details     jsonb not null,
  happened_at timestamptz not null,
  primary key (order_id, news_id)
);
