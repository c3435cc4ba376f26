import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Order } from '../../../../contracts/http/orders.ts';
import { getOrder } from '../../features/orders/api/get-order.ts';

/** Pause between two long polls; the waiting itself happens at the server. */
const POLL_MS = 400;
/** After this time the page says that it takes longer than usual. It goes on asking. */
const LONG_MS = 45_000;

function isProcessing(order: Order | undefined): boolean {
  return order?.status === 'PAYMENT_PROCESSING';
}

/** The order; while a payment for it is under way it is asked for by long poll until it is confirmed, or PENDING again after a no. */
export function useOrder(orderId: string) {
  const client = useQueryClient();
  const queryKey = ['orders', orderId];
  const query = useQuery({
    ...getOrder(orderId, isProcessing(client.getQueryData<Order>(queryKey))),
    refetchInterval: ({ state }) => (isProcessing(state.data) ? POLL_MS : false),
  });
  const isUnderWay = isProcessing(query.data);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!isUnderWay) return;
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, [isUnderWay]);

  /** The server took a charge: the order is in payment, whatever an answer still on its way says. */
  async function awaitPayment(): Promise<void> {
    await client.cancelQueries({ queryKey });
    client.setQueryData<Order>(queryKey, (order) => order && { ...order, status: 'PAYMENT_PROCESSING' });
    await client.invalidateQueries({ queryKey, exact: true });
  }
  return { query, isUnderWay, isLong, awaitPayment };
}
