import type { OrderTickets } from '../../../../contracts/http/orders.ts';

export type Ticket = OrderTickets['tickets'][number];
