import type { OrderStatus, PaymentNews } from '../../../contracts/http/orders.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import { joinJsonTexts } from '../../../platform/postgres/joined-texts.ts';

export type ChangeRow = {
  fromStatus: OrderStatus | null;
  status: OrderStatus;
  cause: string;
  paymentId: string | null;
  at: Date;
};

export type NewsRow = {
  orderId: string;
  type: string;
  paymentId: string;
  details: Omit<PaymentNews, 'kind' | 'at' | 'type' | 'paymentId'>;
  at: Date;
};

/** Of each kind the latest so many: more than a buyer can cause while a hold lasts. */
const MAX_ENTRIES = 1_000;

const CHANGES = sql(
  'orders.changes_of_order',
  `select from_status as "fromStatus", to_status as status, cause, payment_id as "paymentId", changed_at as at
   from order_change where order_id = $1 order by change_id desc limit ${MAX_ENTRIES}`,
);
const NEWS = sql(
  'orders.payment_news_of_order',
  `select order_id as "orderId", type, payment_id as "paymentId", details, happened_at as at
   from payment_news where order_id = $1 order by news_id desc limit ${MAX_ENTRIES}`,
);
const INSERT_NEWS = sql(
  'orders.insert_payment_news',
  `insert into payment_news (order_id, type, payment_id, details, happened_at)
   select order_id, type, payment_id, details::jsonb, happened_at
   from unnest($1::text[], $2::text[], $3::text[], string_to_array($4::text, E'\\x1E'), $5::timestamptz[]) with ordinality
     as given (order_id, type, payment_id, details, happened_at, position)
   order by position`,
);

/** In the order in which they were made. */
export async function changesOf(tx: Tx, orderId: string): Promise<ChangeRow[]> {
  return (await tx.rows<ChangeRow>(CHANGES, [orderId])).toReversed();
}

/** In the order in which they were heard. */
export async function paymentNewsOf(tx: Tx, orderId: string): Promise<NewsRow[]> {
  return (await tx.rows<NewsRow>(NEWS, [orderId])).toReversed();
}

export async function insertPaymentNews(tx: Tx, news: readonly NewsRow[]): Promise<void> {
  if (news.length === 0) return;
  await tx.run(INSERT_NEWS, [
    news.map(({ orderId }) => orderId),
    news.map(({ type }) => type),
    news.map(({ paymentId }) => paymentId),
    joinJsonTexts(news.map(({ details }) => JSON.stringify(details))),
    news.map(({ at }) => at),
  ]);
}
