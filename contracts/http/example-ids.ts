/** Ids in the examples, by the name of the variable that stands for each in the Postman collection. */
export const EXAMPLE_IDS = {
  userId: 'usr_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e01',
  organizerId: 'usr_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e02',
  sessionId: 'ses_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e03',
  venueId: 'ven_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e04',
  eventId: 'evt_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e05',
  reservationId: 'res_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e06',
  orderId: 'ord_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e07',
  paymentId: 'pay_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e08',
  refundId: 'ref_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e09',
  ticketId: 'tkt_01982d3a-5b7c-7e10-8a41-0c6f6b1d2e0a',
} as const;
