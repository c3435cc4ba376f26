import { describe, expect, it } from 'vitest';
import { DEFAULTS, helpText, parseArguments } from './arguments.ts';
import { SHARES } from './shares.ts';
import { runningTarget } from './target.ts';

const parse = (given: Partial<Parameters<typeof parseArguments>[0]>) =>
  parseArguments({ ...DEFAULTS, verify: true, ...given }, '/tmp/journal');

describe('the arguments of onsale simulate', () => {
  it('have defaults', () => {
    expect(parse({})).toMatchObject({ buyers: 20_000, seats: 5_000, events: 1, verify: true, journal: '/tmp/journal' });
    expect(parse({ seed: '7' }).seed).toBe(7);
  });

  it('are refused by name when they are wrong', () => {
    expect(() => parse({ buyers: 'many' })).toThrow('--buyers must be a whole number');
    expect(() => parse({ seats: '3', events: '4' })).toThrow('--seats must be a whole number from 4');
    expect(() => parse({ seats: '200000', events: '1' })).toThrow('--seats must be a whole number from 1 to 100000');
    expect(() => parse({ pace: '2' })).toThrow('--pace must be a number');
    expect(() => parse({ share: 'luck=1' })).toThrow('--share takes names');
    expect(() => parse({ concurrency: '0' })).toThrow('--concurrency');
  });

  it('are all explained', () => {
    for (const name of Object.keys(SHARES)) expect(helpText()).toContain(`  ${name} `);
  });
});

describe('the system that a crowd goes to', () => {
  it('is on this machine, or it is refused', async () => {
    for (const url of [
      'https://tickets.example.com',
      'http://192.168.1.5:8080',
      'http://127.0.0.1.example.com',
      'localhost:8080',
    ])
      await expect(runningTarget(url, {})).rejects.toThrow('--url must be a system on this machine');
  });

  it('needs its key', async () => {
    const nowhere = { ONSALE_DATA_DIR: '/nonexistent' };
    await expect(runningTarget('http://localhost:8080', nowhere)).rejects.toThrow('JWT_SECRET');
    expect(await runningTarget('http://localhost:8080', { ...nowhere, JWT_SECRET: 'x'.repeat(40) })).toMatchObject({
      url: 'http://127.0.0.1:8080',
      settings: null,
    });
  });
});
