import { send } from '../../../shared/api/client.ts';

/** Gives up an order: its seats become free for others. */
export async function cancelOrder(orderId: string): Promise<void> {
  await send(`/v1/orders/${encodeURIComponent(orderId)}/cancel`, { method: 'POST' });
}
