import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensurePagesAreBuilt, findChromium, launchChromium } from '../support/browser.ts';
import { clientWith, makeEvent, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

const chromiumPath = findChromium();
const PASSWORD = 'a long password';
const HALL = [{ section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] }];

// A browser on a busy machine may take its time.
describe.skipIf(chromiumPath === null)('the web app', { timeout: 60_000 }, () => {
  let system: TestSystem;
  let browser: Browser;
  let organizer: Client;
  const complaints: string[] = [];

  beforeAll(async () => {
    await ensurePagesAreBuilt();
    system = await startSystem();
    browser = await launchChromium(chromiumPath ?? '');
    const { userId, token } = system.signIn('organizer');
    organizer = clientWith(system.url, userId, token);
  });
  afterAll(async () => {
    await browser.close();
    await system.stop();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    // A blocked script or style, or an error in the page, is a failure even if the page looks right.
    const heard = complaints.splice(0);
    if (heard.length > 0) throw new Error(heard.join('\n'));
  });

  /** A visitor with a browser of their own. */
  async function visitor(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
    });
    return page;
  }

  async function makeAccount(): Promise<string> {
    const username = `u${randomUUID().slice(0, 8)}`;
    const account = { username, email: `${username}@example.org`, password: PASSWORD, firstName: 'Ada', lastName: 'L' };
    const { status } = await clientWith(system.url, '', '').send('POST', '/v1/users/register', account);
    expect(status).toBe(201);
    return username;
  }

  async function signIn(page: Page, path: string): Promise<Page> {
    const username = await makeAccount();
    await page.goto(`${system.url}/signin?returnTo=${encodeURIComponent(path)}`);
    await page.getByLabel('E-mail or username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**${path}`);
    return page;
  }

  const seat = (page: Page, number: number, standing: string) =>
    page.getByRole('button', { name: `VIP, row A, seat ${number}, 150 US dollars, ${standing}`, exact: true });

  async function openList(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'List' }).click();
    await page.locator('summary').filter({ hasText: 'VIP' }).click();
  }

  it('sells two seats to a new buyer, who chose them before having an account', async () => {
    const name = `Evening ${randomUUID().slice(0, 8)}`;
    await makeEvent(organizer, HALL, { name });
    const page = await visitor();
    await page.goto(system.url);
    await page.getByRole('link', { name }).click();
    await openList(page);
    await seat(page, 5, 'available').click();
    await seat(page, 6, 'available').click();
    await page.getByRole('button', { name: 'Hold these 2' }).click();

    await page.getByRole('link', { name: 'Make an account' }).click();
    const username = `u${randomUUID().slice(0, 8)}`;
    await page.getByLabel('First name').fill('Grace');
    await page.getByLabel('Last name').fill('H');
    await page.getByLabel('E-mail').fill(`${username}@example.org`);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make an account' }).click();

    await page.getByRole('button', { name: 'Hold these 2' }).click();
    await page.getByText('Held for you until').waitFor();
    await page.getByRole('button', { name: 'Go to payment' }).click();
    await page.getByText('is declined').click();
    await page.getByRole('button', { name: 'Pay $' }).click();
    await page.getByText('This card was not accepted').waitFor();
    await page.getByText('is accepted').click();
    await page.getByRole('button', { name: 'Pay $' }).click();

    await page.getByRole('heading', { name: 'Here are your 2 tickets' }).waitFor();
    for (const code of ['VIP-A-5', 'VIP-A-6']) {
      const qr = page.getByRole('article', { name: `Ticket ${code}` }).getByRole('img');
      await qr.waitFor();
      const widthOf = (image: object) => ('naturalWidth' in image ? image.naturalWidth : 0);
      await expect.poll(() => qr.evaluate(widthOf)).toBeGreaterThan(0);
    }
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByText('Paid').waitFor();
  });

  it('shows one visitor within a second what another has taken', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const [taker, watcher] = [await signIn(await visitor(), `/events/${eventId}`), await visitor()];
    await watcher.goto(`${system.url}/events/${eventId}`);
    for (const page of [taker, watcher]) await openList(page);
    await watcher.getByText('live', { exact: true }).waitFor();
    await seat(taker, 3, 'available').click();
    await seat(watcher, 3, 'available').waitFor();

    const answered = taker.waitForResponse('**/v1/seats/reserve');
    await taker.getByRole('button', { name: 'Hold it' }).click();
    expect((await answered).status()).toBe(201);
    await seat(watcher, 3, 'taken').waitFor({ timeout: 1_000 });
  });

  it('tells the loser of a race who is left and what is free beside it', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const [winner, loser] = [await visitor(), await visitor()];
    // Both press at once: the loser's page has not heard of the other.
    await loser.route('**/v1/seats/stream*', (route) => route.abort());
    for (const page of [winner, loser]) await signIn(page, `/events/${eventId}`);
    for (const page of [winner, loser]) {
      await openList(page);
      await seat(page, 12, 'available').click();
    }
    await winner.getByRole('button', { name: 'Hold it' }).click();
    await winner.getByText('Held for you until').waitFor();
    await loser.getByRole('button', { name: 'Hold it' }).click();

    const refusal = loser.getByText('Someone was a moment faster for');
    await refusal.waitFor();
    expect(await refusal.textContent()).toContain('VIP-A-12. VIP-A-10 and VIP-A-11 are free, same row.');
    expect(await loser.getByText('Held for you until').count()).toBe(0);
  });

  it('keeps buyer and hold over a reload, and a choice that others take says so', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const [page, other] = [await signIn(await visitor(), `/events/${eventId}`), await visitor()];
    await other.goto(`${system.url}/events/${eventId}`);
    for (const each of [page, other]) {
      await openList(each);
      await seat(each, 1, 'available').click();
    }
    await page.getByRole('button', { name: 'Hold it' }).click();
    await page.getByText('Held for you until').waitFor();
    await other.getByText(/Someone was a moment faster for VIP-A-1\./).waitFor();

    await page.reload();
    await page.getByText('Held for you until').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.getByRole('button', { name: 'Go to payment' }).click();
    await page.getByRole('button', { name: 'Pay $' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Pay $' }).waitFor();
  });

  it('is signed in in every tab, and signed out in all of them at once', async () => {
    const first = await signIn(await visitor(), '/orders');
    const second = await first.context().newPage();
    await second.goto(`${system.url}/tickets`);
    await second.getByText('No tickets yet').waitFor();

    const ended = first.waitForResponse('**/v1/users/logout');
    await first.getByRole('button', { name: 'Sign out' }).click();
    await second.getByText('You were signed out in another tab.').waitFor();
    await second.getByRole('heading', { name: 'Sign in to see your tickets.' }).waitFor();
    expect((await ended).status()).toBe(204);

    const asked: string[] = [];
    second.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await second.reload();
    await second.getByRole('heading', { name: 'Sign in to see your tickets.' }).waitFor();
    expect(asked).not.toContain('/v1/users/refresh');
    const cookies = await first.context().cookies();
    expect(cookies.map((cookie) => cookie.name)).not.toContain('onsale_refresh');
  });

  it('goes on with a new token when one has expired, and says so when the session is over', async () => {
    const page = await signIn(await visitor(), '/tickets');
    await page.getByText('No tickets yet').waitFor();
    const problem = { type: 'about:blank', title: 'x', status: 401, detail: 'x', code: 'TOKEN_EXPIRED', traceId: '' };
    const body = { status: 401, contentType: 'application/problem+json', body: JSON.stringify(problem) };
    await page.route('**/v1/orders?*', (route) => route.fulfill(body), { times: 1 });
    const refreshed = page.waitForResponse('**/v1/users/refresh');
    await page.getByRole('link', { name: 'Orders' }).click();
    expect((await refreshed).status()).toBe(200);
    await page.getByText('No orders yet').waitFor();

    await page.context().clearCookies();
    await page.reload();
    await page.getByText('Your session here is over.').waitFor();
    await page.getByRole('heading', { name: 'Sign in to see your orders.' }).waitFor();
  });

  it('takes a seat on the map by the keyboard alone', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const page = await visitor();
    await page.goto(`${system.url}/events/${eventId}`);
    const map = page.getByRole('application');
    await map.focus();
    await page.getByText('live', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    const spoken = page.getByText(/VIP, row A, seat \d+, 150 US dollars, available/);
    await spoken.waitFor({ state: 'attached' });
    const first = await spoken.textContent();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => spoken.textContent()).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Hold it' }).waitFor();
  });
});
