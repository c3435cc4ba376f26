import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** All addresses of a host name; rejects when it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Makes origins of addresses as settings give them: a name that resolves to several addresses is several replicas. A name that cannot
 * be resolved at the moment stays what it was.
 */
export function createAddressFinder(urls: readonly string[], resolve: Lookup = systemLookup): () => Promise<string[]> {
  const known = new Map<string, readonly string[]>();
  return async () => {
    for (const url of urls) {
      const { hostname, port } = new URL(url);
      // One machine is one replica, whatever families of addresses it has for itself.
      if (hostname === 'localhost' || isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0) {
        known.set(url, [url]);
        continue;
      }
      const found = await resolve(hostname).catch(() => null);
      if (found === null || found.length === 0) continue;
      const suffix = port === '' ? '' : `:${port}`;
      known.set(
        url,
        found.map((address) => `http://${isIP(address) === 6 ? `[${address}]` : address}${suffix}`),
      );
    }
    return [...new Set([...known.values()].flat())];
  };
}
