import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { ask } from '../support/ask.ts';
import { attacksFrom, type Attack, type Route, type Schema } from '../support/attacks.ts';
import { buy, clientWith, makeEvent, type Answer } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** Requests that nobody means well, made by a fixed seed from the routes that the API describes. */

const SEED = 20_260_101;
const REQUESTS = 5_000;
const AT_ONCE = 8;

type Victim = { userId: string; token: string; ids: string[] };

let system: TestSystem;
let routes: Route[];
let victim: Victim;
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  const organizer = system.signIn('organizer');
  eventId = await makeEvent(clientWith(system.url, organizer.userId, organizer.token), [
    { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  ]);
  victim = await boughtBy(system.signIn('customer'));
  const { paths } = (await ask(`${system.url}/openapi.json`, 'GET')).body;
  routes = Object.entries<Schema>(paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => system.stop());

async function boughtBy(user: { userId: string; token: string }): Promise<Victim> {
  const client = clientWith(system.url, user.userId, user.token);
  const { reservation, order, charge } = await buy(client, eventId, { seatIds: [1] });
  await client.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
  const { tickets } = (await client.get(`/v1/orders/${order.orderId}/tickets`)).body;
  return { ...user, ids: [reservation.reservationId, order.orderId, charge.body.paymentId, tickets[0].ticketId] };
}

/** An error that the API does not say of the route fails here. */
async function send({ method, path, options }: Attack): Promise<Answer> {
  return ask(system.url + path, method, { ...options, signal: AbortSignal.timeout(5_000) });
}

/** Ids that an attacker wrote into something of their own, where everybody may read them. */
const planted = new Set<string>();

function notePlanted({ method, path, options }: Attack, { status }: Answer): void {
  if (method === 'GET' || status >= 400) return;
  const sent = path + JSON.stringify(options);
  for (const id of [victim.userId, ...victim.ids]) if (sent.includes(id)) planted.add(id);
}

/** What an answer shows of the victim, or null: something that was asked for by its id, or an id that was not even sent. */
function leakOf({ path, options }: Attack, answer: Answer): string | null {
  const sent = path + JSON.stringify(options);
  const shown = JSON.stringify(answer.body);
  const secrets = [victim.userId, ...victim.ids];
  if (answer.status < 400 && secrets.some((id) => path.includes(id))) return 'something of another user';
  return secrets.some((id) => shown.includes(id) && !sent.includes(id) && !planted.has(id)) ? 'an id of another user' : null;
}

/** What is wrong with an answer, or null. */
function faultOf(answer: Answer): string | null {
  if (answer.status < 400) return null;
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) return 'an error that is no problem document';
  const { code, status, traceId, detail } = answer.body;
  if (!Object.hasOwn(ERRORS, code)) return `an unknown code: ${code}`;
  const known: ErrorCode = code;
  if (ERRORS[known].status !== answer.status || status !== answer.status) return `${code} with status ${answer.status}`;
  if (answer.status >= 500 && !answer.headers.has('retry-after')) return `${answer.status} ${code}`;
  if (!/^[0-9a-f]{32}$/.test(traceId)) return 'no trace id';
  if (typeof detail !== 'string' || detail.length === 0 || detail.length > 1_000) return 'no detail, or an endless one';
  if (/node_modules|\.ts:\d|SELECT |relation "|pg_/.test(JSON.stringify(answer.body))) return 'something of the inside';
  return null;
}

const STREAM = '/v1/seats/stream';

describe('hostile requests', () => {
  it('are answered with an error of ours, never fail the system, and show nothing of others', { timeout: 60_000 }, async () => {
    const attackers = [system.signIn('customer'), system.signIn('organizer'), system.signIn('door')].map(({ token }) => token);
    const made = attacksFrom(SEED, { ids: victim.ids, eventId });
    const targets = routes.filter(({ path }) => path !== STREAM);
    const rounds = Math.ceil(REQUESTS / targets.length);
    const attacks = Array.from({ length: rounds }, () => targets.map((route) => made.on(route, made.oneOf(attackers)))).flat();
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    for (let start = 0; start < attacks.length; start += AT_ONCE) {
      const some = attacks.slice(start, start + AT_ONCE);
      const answers = await Promise.allSettled(
        some.map(async (attack) => {
          const answer = await send(attack);
          notePlanted(attack, answer);
          return answer;
        }),
      );
      for (const [index, settled] of answers.entries()) {
        if (settled.status === 'rejected') {
          faults.push(String(settled.reason));
          continue;
        }
        const { value: answer } = settled;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const leak = some[index] === undefined ? null : leakOf(some[index], answer);
        const fault = leak ?? faultOf(answer);
        if (fault !== null)
          faults.push(`${fault}: ${JSON.stringify(some[index]).slice(0, 400)} → ${JSON.stringify(answer.body).slice(0, 300)}`);
      }
    }
    expect(faults).toEqual([]);
    expect(attacks.length).toBeGreaterThanOrEqual(REQUESTS);
    // Some came past every check; else this would prove little.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 403, 404, 405, 415]));
  });

  it.each([
    ['?eventId=x'],
    [`?eventId=${newId('event')}`],
    ['?eventId=%00'],
    ['?eventId=evt_&eventId=evt_'],
    ['?version=1'],
    ['?version=-1e999'],
  ])('get no stream: %s', async (query) => {
    const answer = await send({ method: 'GET', path: STREAM + query, options: {} });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(faultOf(answer)).toBeNull();
  });

  it('leave the system as it was for those who mean well', async () => {
    expect((await ask(`${system.url}/health/ready`, 'GET')).body.status).toBe('up');
    const own = await ask(`${system.url}/v1/orders`, 'GET', { token: victim.token });
    expect(own.body.items.map(({ status }: { status: string }) => status)).toEqual(['CONFIRMED']);
    const events = await ask(`${system.url}/v1/events/${eventId}`, 'GET');
    expect(events.body).toMatchObject({ eventId, status: 'UPCOMING' });
    const { statuses } = (await ask(`${system.url}/v1/seats/status?eventId=${eventId}`, 'GET')).body;
    expect(statuses[0]).toBe('L');
  });
});
