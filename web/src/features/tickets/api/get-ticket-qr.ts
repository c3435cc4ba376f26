import { queryOptions } from '@tanstack/react-query';
import { send } from '../../../shared/api/client.ts';

/** A ticket's QR code as the address of an image. An image may not run anything, whatever is in the drawing. */
export function getTicketQr(ticketId: string) {
  return queryOptions({
    queryKey: ['tickets', ticketId, 'qr'],
    queryFn: async ({ signal }) => {
      const response = await send(`/v1/tickets/${encodeURIComponent(ticketId)}/qr.svg`, { accept: 'image/svg+xml', signal });
      return `data:image/svg+xml,${encodeURIComponent(await response.text())}`;
    },
    staleTime: Infinity,
  });
}
