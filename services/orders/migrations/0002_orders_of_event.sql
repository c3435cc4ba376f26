-- Whether an event has orders, and which: asked when it is to be deleted or is cancelled.
create index orders_of_event on orders (event_id, order_id);
