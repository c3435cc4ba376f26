import { describe, expect, it } from 'vitest';
import { loadSettings, type Environment } from '../config/settings.ts';
import { placeServices } from './placement.ts';
import type { ServiceDefinition } from './service.ts';

const definitions = (['gateway', 'users', 'catalog', 'seating'] as const).map((name): ServiceDefinition => ({
  name,
  create: () => ({}),
}));
const SERVER = {
  DATABASE_URL: 'postgres://localhost/postgres',
  JWT_SECRET: 'a secret of tests for the tokens of users',
  INTERNAL_SECRET: 'a secret of tests for those of services',
};
const place = (names: string, environment: Environment = {}) =>
  placeServices(names, definitions, loadSettings({ ...SERVER, ...environment }));
const names = (services: readonly ServiceDefinition[]) => services.map(({ name }) => name);

describe('--services', () => {
  it('all runs everything here, whatever addresses are set, on the embedded database too', () => {
    const settings = loadSettings({ SEATING_URL: 'http://10.0.0.1:8080' });
    const { here, elsewhere, urlsOf } = placeServices('all', definitions, settings);
    expect([names(here), elsewhere, urlsOf]).toEqual([['gateway', 'users', 'catalog', 'seating'], [], {}]);
    expect(names(placeServices('seating,catalog, users,gateway', definitions, settings).elsewhere)).toEqual([]);
  });

  it('with some takes the addresses of the others, several of one too', () => {
    const placed = place('users,catalog', { SEATING_URL: 'http://10.0.0.1:8080,http://seating.internal:8080/' });
    expect([names(placed.here), names(placed.elsewhere)]).toEqual([
      ['users', 'catalog'],
      ['gateway', 'seating'],
    ]);
    expect(placed.urlsOf['seating']).toEqual(['http://10.0.0.1:8080', 'http://seating.internal:8080']);
  });

  it('names everything that is missing at once', () => {
    const settings = loadSettings({ CATALOG_URL: 'http://10.0.0.1:8080' });
    const start = () => placeServices('gateway,users', definitions, settings);
    expect(start).toThrow(/seating is not in this process and has no address: set SEATING_URL/);
    expect(start).toThrow(/set DATABASE_URL/);
    expect(start).toThrow(/users beside the gateway must be reached by the others: set INTERNAL_PORT/);
    expect(start).not.toThrow(/CATALOG_URL/);
    expect(() => place('users,seats')).toThrow(/there is no service seats\. They are gateway, users, catalog, seating, or all/);
  });

  it.each(['seating:8080', 'https://seating:8080', 'http://seating:8080/path', 'http://user@seating', ','])(
    'takes no address such as %s',
    (address) => expect(() => place('users', { SEATING_URL: address })).toThrow(/SEATING_URL must be addresses like/),
  );
});
