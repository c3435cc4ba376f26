import { describe, expect, it } from 'vitest';
import { humanLine } from './human-log.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { childTraceparent, newTraceparent, parseTraceparent, traceIdOf } from './traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('traceparent', () => {
  it('is read as W3C Trace Context says', () => {
    expect(parseTraceparent(`00-${TRACE}-b7ad6b7169203331-01`)).toEqual({
      traceId: TRACE,
      parentId: 'b7ad6b7169203331',
      sampled: true,
    });
    expect(parseTraceparent(`00-${TRACE}-b7ad6b7169203331-00`)?.sampled).toBe(false);
    expect(parseTraceparent(`cc-${TRACE}-b7ad6b7169203331-01-what-the-future-brings`)?.traceId).toBe(TRACE);
  });

  it.each([
    undefined,
    '',
    'x',
    `ff-${TRACE}-b7ad6b7169203331-01`,
    `00-${TRACE}-b7ad6b7169203331-01-extra`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${TRACE}-b7ad6b7169203331-01-${'x'.repeat(500)}`,
  ])('is ignored when it is %s', (header) => expect(parseTraceparent(header)).toBeNull());

  it('goes on with the same trace and another span', () => {
    const parent = `00-${TRACE}-b7ad6b7169203331-00`;
    const child = childTraceparent(parent);
    expect(child).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(child).not.toBe(parent);
    expect(traceIdOf(child)).toBe(TRACE);
  });

  it('is new and valid when there is none', () => {
    const made = Array.from({ length: 1000 }, () => newTraceparent());
    expect(new Set(made).size).toBe(1000);
    expect(made.every((header) => parseTraceparent(header) !== null)).toBe(true);
    expect(parseTraceparent(childTraceparent('nonsense'))).not.toBeNull();
  });
});

describe('the log', () => {
  function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
    let text = '';
    write(createLogger({ level: 'info', destination: { write: (line) => (text += line) } }));
    return text;
  }

  it('is one JSON object a line', () => {
    const line = logged((logger) => logger.child({ service: 'seating' }).info({ traceId: TRACE }, 'moved'));
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/Z$/),
      service: 'seating',
      traceId: TRACE,
      msg: 'moved',
    });
  });

  it('never shows secrets, at any depth that we log', () => {
    const secret = 'hunter2-secret';
    const line = logged((logger) =>
      logger.info(
        {
          password: secret,
          body: { password: secret, user: { refreshToken: secret }, list: [{ accessToken: secret }] },
          headers: { authorization: secret, cookie: secret, 'x-onsale-credential': secret, 'set-cookie': [secret] },
          request: { headers: { authorization: secret } },
          settings: { jwtSecret: secret, database: { connectionString: secret } },
        },
        'all of them',
      ),
    );
    expect(line).toContain('all of them');
    expect(line).not.toContain(secret);
  });

  it('is a line for people on a terminal', () => {
    const line = logged((logger) => logger.child({ service: 'seating' }).warn({ rows: 3, err: new Error('boom') }, 'slow'));
    const shown = humanLine(line);
    expect(shown).toContain('WARN');
    expect(shown).toContain('seating: slow rows=3');
    expect(shown).toContain('Error: boom');
    expect(humanLine('not json')).toBe('not json');
  });
});

describe('metrics', () => {
  it('are asked for by name as often as one likes', async () => {
    const metrics = createMetrics();
    metrics.counter('onsale_things_total', 'things', ['kind']).add(1, { kind: 'a' });
    metrics.counter('onsale_things_total', 'things', ['kind']).add(2, { kind: 'a' });
    metrics.gauge('onsale_depth', 'depth').set(4);
    metrics.histogram('onsale_wait_seconds', 'wait', [0.1, 1]).observe(0.5);
    const { text } = await metrics.expose();
    expect(text).toContain('onsale_things_total{kind="a"} 3');
    expect(text).toContain('onsale_depth 4');
    expect(text).toContain('onsale_wait_seconds_bucket{le="1"} 1');
  });

  it('refuse one name for two kinds', () => {
    const metrics = createMetrics();
    metrics.counter('onsale_same', 'x');
    expect(() => metrics.gauge('onsale_same', 'x')).toThrow();
  });
});
