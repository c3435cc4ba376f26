import { describe, expect, it } from 'vitest';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { createEventCountries } from './event-countries.ts';

function catalogWith(country: string) {
  const catalog = { country, asked: 0, down: false };
  const services: ServiceClient = {
    call: async <Answer>() => {
      if (catalog.down) throw new ApiError('SERVICE_UNAVAILABLE', 'The catalog does not answer.');
      catalog.asked += 1;
      return { country: catalog.country } as Answer;
    },
  };
  const clock = { ms: 0, now: () => new Date(clock.ms) };
  return { catalog, clock, countryOf: createEventCountries({ services, clock }) };
}

describe('the country of an event', () => {
  it('is asked of catalog, again after a minute', async () => {
    const { catalog, clock, countryOf } = catalogWith('nl');
    expect([await countryOf('evt_1', ''), await countryOf('evt_1', '')]).toEqual(['NL', 'NL']);
    expect(catalog.asked).toBe(1);
    catalog.country = 'BE';
    clock.ms = 60_000;
    expect(await countryOf('evt_1', '')).toBe('BE');
  });

  it('is as it was while catalog is away, and is not guessed', async () => {
    const { catalog, clock, countryOf } = catalogWith('NL');
    await countryOf('evt_1', '');
    catalog.down = true;
    clock.ms = 3_600_000;
    expect(await countryOf('evt_1', '')).toBe('NL');
    await expect(countryOf('evt_2', '')).rejects.toThrow('does not answer');
  });

  it('is remembered of a bounded number of events', async () => {
    const { catalog, countryOf } = catalogWith('NL');
    for (let event = 0; event <= 10_000; event++) await countryOf(`evt_${event}`, '');
    await countryOf('evt_10000', '');
    expect(catalog.asked).toBe(10_001);
    await countryOf('evt_0', '');
    expect(catalog.asked).toBe(10_002);
  });
});
