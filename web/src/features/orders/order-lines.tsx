import type { Order } from '../../../../contracts/http/orders.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { LeaderRow } from '../../shared/ui/stub.tsx';

/** Places of one section and price are one line with a number. */
function grouped(items: Order['items']): { key: string; what: string; cents: number }[] {
  const lines = new Map<string, { what: string; quantity: number; cents: number }>();
  for (const item of items) {
    const key = item.seatId === undefined ? `${item.section}/${item.priceCents}` : `seat ${item.seatId}`;
    const line = lines.get(key) ?? { what: item.seatCode, quantity: 0, cents: 0 };
    lines.set(key, { what: line.what, quantity: line.quantity + 1, cents: line.cents + item.priceCents });
  }
  return [...lines].map(([key, line]) => ({
    key,
    what: line.quantity > 1 ? `${line.quantity} × ${line.what}` : line.what,
    cents: line.cents,
  }));
}

/** What an order costs and why: seats, fees, tax, total. */
export function OrderLines({ order }: { order: Order }) {
  const money = (cents: number): string => formatMoney(cents, order.currency);
  return (
    <div className="grid gap-1.5">
      {grouped(order.items).map((line) => (
        <LeaderRow key={line.key} what={<span className="tabular">{line.what}</span>} amount={money(line.cents)} />
      ))}
      {order.feeCents + order.taxCents > 0 && (
        <div className="mt-2 grid gap-1.5 text-faded">
          <LeaderRow what="Service fee" amount={money(order.feeCents)} />
          <LeaderRow what="Tax" amount={money(order.taxCents)} />
        </div>
      )}
      <div className="mt-2">
        <LeaderRow strong what="Total" amount={money(order.totalCents)} />
      </div>
    </div>
  );
}
