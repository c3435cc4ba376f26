import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { createOneTransaction } from './one-transaction.ts';
import { noOpRoutes } from './no-op.ts';

/** The same services, with the yardsticks' routes mounted where those of seating are. */
export function withYardsticks(definitions: readonly ServiceDefinition[]): ServiceDefinition[] {
  return definitions.map((definition) => (definition.name === 'seating' ? besideIt(definition) : definition));
}

function besideIt(definition: ServiceDefinition): ServiceDefinition {
  return {
    ...definition,
    create(context) {
      const service = definition.create(context);
      const oneTransaction = createOneTransaction(context.settings);
      return {
        ...service,
        publicRoutes(app) {
          service.publicRoutes?.(app);
          noOpRoutes(app);
          oneTransaction.routes(app);
        },
        async start() {
          await service.start?.();
          await oneTransaction.start();
        },
        async stop() {
          await service.stop?.();
          await oneTransaction.stop();
        },
      };
    },
  };
}
