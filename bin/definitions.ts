import type { ServiceDefinition } from '../platform/lifecycle/service.ts';
import { catalog } from '../services/catalog/service.ts';
import { gateway } from '../services/gateway/service.ts';
import { seating } from '../services/seating/service.ts';
import { users } from '../services/users/service.ts';

/** Every service there is. The gateway comes first: what it sets up holds for the routes of the others. */
export const definitions: readonly ServiceDefinition[] = [gateway, users, catalog, seating];
