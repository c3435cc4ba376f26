import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Our own pages keep the refresh token in a cookie that no script can read, other clients where they like. Which of the two asks
 * is told by the browser itself, in headers that no page can set: a request of a page of another origin neither gets the cookie
 * nor has it counted, whatever SameSite did.
 */
export const REFRESH_COOKIE = 'onsale_refresh';
/** Sent to the routes of accounts only: refresh and logout are among them. */
const PATH = '/v1/users';

/** Whether a page of this very origin asks. */
export function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  // Browsers without Fetch Metadata. The scheme is not compared: behind a proxy that ends TLS it is not ours to see.
  const { origin } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.host;
}

/** The refresh token that came as a cookie, if a page of ours sent it. */
export function tokenInCookie(request: FastifyRequest): string | null {
  return isOwnPage(request) ? cookieOf(request.headers.cookie) : null;
}

export function keepInCookie(request: FastifyRequest, reply: FastifyReply, refreshToken: string, maxAgeSeconds: number): void {
  reply.header('set-cookie', cookie(request, refreshToken, maxAgeSeconds));
}

/** Takes the cookie back, if there is one. */
export function dropCookie(request: FastifyRequest, reply: FastifyReply): void {
  if (cookieOf(request.headers.cookie) !== null) reply.header('set-cookie', cookie(request, '', 0));
}

function cookie(request: FastifyRequest, value: string, maxAgeSeconds: number): string {
  const secure = request.protocol === 'https' || request.headers.origin?.startsWith('https:') === true ? '; Secure' : '';
  return `${REFRESH_COOKIE}=${value}; Path=${PATH}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

function cookieOf(header: string | undefined): string | null {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === REFRESH_COOKIE && value !== undefined && value !== '') return value;
  }
  return null;
}
