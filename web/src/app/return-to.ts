export type ReturnSearch = { returnTo?: string };

/** Where to go on after signing in: a path of this site, or nothing. An address of another site must not get through. */
export function returnSearch(search: Record<string, unknown>): ReturnSearch {
  const { returnTo } = search;
  return typeof returnTo === 'string' && /^\/(?![/\\])/.test(returnTo) ? { returnTo } : {};
}
