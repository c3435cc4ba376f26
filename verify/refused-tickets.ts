/** Whether the provider refused to give the money of a void ticket back. */
export const IS_REFUSED = `ticket.status = 'REVOKED' and ticket.refund_id is null and exists (
  select from revocation where revocation.order_id = ticket.order_id and revocation.status = 'FAILED' and ticket_id = any(ticket_ids))`;
