import { bearer, requestOf, script, type Folder, type Item, type RequestParts } from './format.ts';

type Step = RequestParts & { name: string; before?: string[]; tests: string[] };

const KEY = 'Idempotency-Key';
const statusIs = (code: number): string =>
  `pm.test('answers ${code}', () => pm.expect(pm.response.code, pm.response.text()).to.equal(${code}));`;
const keep = (name: string, from: string): string => `pm.collectionVariables.set('${name}', pm.response.json().${from});`;
const holds = (what: string, expectation: string): string =>
  `pm.test('${what}', () => pm.expect(pm.response.json().${expectation});`;
const chargeWith = (token: string): string => `{
  "orderId": "{{orderId}}",
  "amountCents": {{totalCents}},
  "currency": "{{currency}}",
  "paymentMethod": "CREDIT_CARD",
  "paymentToken": "${token}"
}`;

/** The tour of the README, step by step. */
const STEPS: Step[] = [
  {
    name: 'Register',
    method: 'POST',
    path: '/v1/users/register',
    auth: { type: 'noauth' },
    before: ["pm.collectionVariables.set('tourName', 'tour' + Date.now());"],
    body: `{
  "username": "{{tourName}}",
  "email": "{{tourName}}@example.org",
  "password": "correct horse",
  "firstName": "Ada",
  "lastName": "Lovelace"
}`,
    tests: [statusIs(201), keep('userId', 'userId')],
  },
  {
    name: 'Sign in',
    method: 'POST',
    path: '/v1/users/login',
    auth: { type: 'noauth' },
    body: '{ "username": "{{tourName}}", "password": "correct horse" }',
    tests: [statusIs(200), keep('accessToken', 'accessToken'), keep('sessionId', 'sessionId')],
  },
  {
    name: 'Find the arena',
    method: 'GET',
    path: '/v1/events/search',
    query: [{ key: 'q', value: 'Rock%20Concert' }],
    tests: [
      statusIs(200),
      keep('eventId', 'items[0].eventId'),
      keep('venueId', 'items[0].venueId'),
      holds('has 20,000 seats', 'items[0].totalSeats).to.equal(20000)'),
    ],
  },
  {
    name: 'See how much is left',
    method: 'GET',
    path: '/v1/seats/availability',
    query: [{ key: 'eventId', value: '{{eventId}}' }],
    tests: [statusIs(200), holds('has seats left', 'availableSeats).to.be.above(1)')],
  },
  {
    name: 'Hold the best two seats together',
    method: 'POST',
    path: '/v1/seats/reserve',
    body: '{ "eventId": "{{eventId}}", "bestAvailable": { "quantity": 2 } }',
    tests: [
      statusIs(201),
      keep('reservationId', 'reservationId'),
      keep('seatId', 'seats[0].seatId'),
      holds('holds two seats', 'seats).to.have.length(2)'),
    ],
  },
  {
    name: 'Sign in as bob',
    method: 'POST',
    path: '/v1/users/login',
    auth: { type: 'noauth' },
    body: '{ "username": "bob", "password": "{{demoPassword}}" }',
    tests: [statusIs(200), keep('bobToken', 'accessToken')],
  },
  {
    name: 'Bob is refused a seat that is held',
    method: 'POST',
    path: '/v1/seats/reserve',
    auth: bearer('{{bobToken}}'),
    body: '{ "eventId": "{{eventId}}", "seatIds": [{{seatId}}] }',
    tests: [statusIs(409), holds('says why', "code).to.equal('SEAT_UNAVAILABLE')")],
  },
  {
    name: 'Order what is held',
    method: 'POST',
    path: '/v1/orders',
    headers: { [KEY]: '{{tourName}}-order' },
    body: '{ "reservationId": "{{reservationId}}" }',
    tests: [statusIs(201), keep('orderId', 'orderId'), keep('totalCents', 'totalCents'), keep('currency', 'currency')],
  },
  {
    name: 'The first card is declined',
    method: 'POST',
    path: '/v1/charge',
    headers: { [KEY]: '{{tourName}}-card-1' },
    body: chargeWith('tok_insufficient_funds'),
    tests: [statusIs(402), holds('says why', "failureReason).to.equal('INSUFFICIENT_FUNDS')")],
  },
  {
    name: 'The second card pays',
    method: 'POST',
    path: '/v1/charge',
    headers: { [KEY]: '{{tourName}}-card-2' },
    body: chargeWith('tok_success'),
    tests: [statusIs(201), keep('paymentId', 'paymentId'), holds('has paid', "status).to.equal('SUCCESS')")],
  },
  {
    name: 'Wait for the confirmation',
    method: 'GET',
    path: '/v1/orders/{{orderId}}',
    query: [
      { key: 'waitFor', value: 'CONFIRMED' },
      { key: 'timeoutMs', value: '10000' },
    ],
    tests: [statusIs(200), holds('is confirmed', "status).to.equal('CONFIRMED')")],
  },
  {
    name: 'Look at the tickets',
    method: 'GET',
    path: '/v1/orders/{{orderId}}/tickets',
    tests: [statusIs(200), keep('ticketId', 'tickets[0].ticketId'), holds('shows two tickets', 'tickets).to.have.length(2)')],
  },
];

export const TOUR: Folder = {
  name: 'Tour',
  description: 'From registering to the tickets, as in the README. Needs the demo data. Run it first: it fills the variables.',
  item: STEPS.map(toItem),
};

function toItem({ name, before, tests, ...parts }: Step): Item {
  const prepare = before === undefined ? [] : [script('prerequest', ...before)];
  return { name, event: [...prepare, script('test', ...tests)], request: requestOf(parts) };
}
