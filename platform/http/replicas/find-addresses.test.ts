import { describe, expect, it } from 'vitest';
import { createAddressFinder } from './find-addresses.ts';

describe('addresses of replicas', () => {
  it('are those given, and all those that a name resolves to', async () => {
    const names: Record<string, string[]> = { seating: ['10.0.0.1', '10.0.0.2', 'fd00::3'] };
    const find = createAddressFinder(
      ['http://seating:8080', 'http://10.0.0.9:1', 'http://localhost:2'],
      async (host) => names[host] ?? [],
    );
    expect(await find()).toEqual([
      'http://10.0.0.1:8080',
      'http://10.0.0.2:8080',
      'http://[fd00::3]:8080',
      'http://10.0.0.9:1',
      'http://localhost:2',
    ]);
    names['seating'] = ['10.0.0.2'];
    expect(await find()).toEqual(['http://10.0.0.2:8080', 'http://10.0.0.9:1', 'http://localhost:2']);
  });

  it('stay what they were while the name cannot be resolved', async () => {
    let answers = false;
    const find = createAddressFinder(['http://seating'], async () =>
      answers ? ['10.0.0.1'] : Promise.reject(new Error('no such name')),
    );
    expect(await find()).toEqual([]);
    answers = true;
    expect(await find()).toEqual(['http://10.0.0.1']);
    answers = false;
    expect(await find()).toEqual(['http://10.0.0.1']);
  });
});
