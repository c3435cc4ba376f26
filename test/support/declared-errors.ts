import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';

type Operation = { responses?: Record<string, { content?: Record<string, { schema?: any }> }> };
type Description = { paths: Record<string, Record<string, Operation>> };

/** What is wrong with this error as the answer to this request, by what the API says of itself; null when it is declared. */
export type DeclaredErrors = (method: string, url: string, code: string) => string | null;

/** These meet a request that no route takes: what it is asked with is looked at all the same. */
const WITHOUT_ROUTE: ErrorCode[] = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'RATE_LIMITED',
  'OVERLOADED',
  'SERVICE_UNAVAILABLE',
];

export function declaredErrors({ paths }: Description): DeclaredErrors {
  const routes = Object.entries(paths)
    .map(([path, methods]) => ({ path, methods, pattern: patternOf(path) }))
    // A path that is named goes before one with a parameter in its place.
    .toSorted((a, b) => parametersIn(a.path) - parametersIn(b.path));

  return (method, url, code) => {
    if (!Object.hasOwn(ERRORS, code)) return `${code} is no code of ours`;
    const found = routes.filter(({ pattern }) => pattern.test(new URL(url).pathname));
    const [route] = found.filter(({ methods }) => methods[method.toLowerCase()] !== undefined);
    const allowed =
      route !== undefined
        ? codesOf(route.methods[method.toLowerCase()])
        : [...WITHOUT_ROUTE, found.length > 0 ? 'METHOD_NOT_ALLOWED' : 'ROUTE_NOT_FOUND'];
    return allowed.includes(code) ? null : `${code} is not declared for ${method} ${route?.path ?? found[0]?.path ?? 'no route'}`;
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]*')}$`);
}

function parametersIn(path: string): number {
  return path.split('{').length;
}

function codesOf({ responses = {} }: Operation = {}): string[] {
  return Object.values(responses).flatMap(
    ({ content }) => content?.['application/problem+json']?.schema.allOf?.[1].properties.code.enum ?? [],
  );
}

const known = new Map<string, Promise<DeclaredErrors | null>>();

/**
 * Fails a test whose request was answered with an error that the API does not say of the route. A system that cannot describe itself
 * just now is believed.
 */
export async function checkDeclared(method: string, url: string, body: unknown): Promise<void> {
  const { origin, pathname } = new URL(url);
  if (!pathname.startsWith('/v1/') || typeof body !== 'object' || body === null || !('code' in body)) return;
  const described = known.get(origin) ?? describedBy(origin);
  known.set(origin, described);
  const declared = await described;
  if (declared === null) known.delete(origin);
  const fault = declared?.(method, url, String(body.code)) ?? null;
  if (fault !== null)
    throw new Error(`${fault} (contracts/http/route-errors.ts): ${url.slice(0, 200)} → ${JSON.stringify(body).slice(0, 500)}`);
}

async function describedBy(origin: string): Promise<DeclaredErrors | null> {
  const answer = await fetch(`${origin}/openapi.json`).catch(() => null);
  return answer?.ok === true ? declaredErrors((await answer.json()) as Description) : null;
}
