import type { ServiceDefinition } from '../platform/lifecycle/service.ts';
import { catalog } from '../services/catalog/service.ts';
import { gateway } from '../services/gateway/service.ts';
import { orders } from '../services/orders/service.ts';
import { payments } from '../services/payments/service.ts';
import { seating } from '../services/seating/service.ts';
import { users } from '../services/users/service.ts';

/** Every service there is. */
export const definitions: readonly ServiceDefinition[] = [gateway, users, catalog, seating, orders, payments];
