import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { prebuilt, sendPrebuilt } from '../../../platform/http/prebuilt.ts';
import { setPageSecurityHeaders } from './page-headers.ts';

/** Paths of the web app's pages; each is answered with its one HTML document, which shows the page. */
const PAGES = [
  '/',
  '/events',
  '/events/*',
  '/checkout/*',
  '/orders',
  '/orders/*',
  '/tickets',
  '/tickets/*',
  '/account',
  '/signin',
  '/register',
  '/lab',
];

/** Pages may be opened with any parameters: links from elsewhere add their own. */
const ANY_QUERY = { schema: { querystring: { type: 'object' }, hide: true } };

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Onsale</title>
<h1>Onsale is running</h1><p>The web app is not built: run <code>npm run build --workspace web</code> and start again.
The API is described at <a href="/docs">/docs</a>.</p></html>`;

/** Serves the built web app: files with a hash in their name for ever, the document anew each time. */
export function serveWebApp(app: FastifyInstance, distFolder: string): void {
  const indexFile = join(distFolder, 'index.html');
  const built = existsSync(indexFile);
  const document = prebuilt({
    body: built ? readFileSync(indexFile) : NOT_BUILT,
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'no-cache',
  });
  app.unknownPage.send = (request, reply) => {
    setPageSecurityHeaders(request, reply, () => undefined);
    return sendPrebuilt(request, reply, document);
  };
  app.register((pages, _options, done) => {
    pages.addHook('onRequest', setPageSecurityHeaders);
    for (const path of PAGES) pages.get(path, ANY_QUERY, (request, reply) => void sendPrebuilt(request, reply, document));
    // One route per file, so that an unknown path stays a 404 of the API.
    if (built)
      pages.register(staticFiles, {
        root: distFolder,
        wildcard: false,
        index: false,
        cacheControl: false,
        globIgnore: ['index.html'],
        setHeaders: (reply, file) => void reply.header('cache-control', cacheControlOf(file)),
      });
    done();
  });
}

function cacheControlOf(file: string): string {
  const hashed = /[\\/]assets[\\/].*-[\w-]{8,}\.\w+$/.test(file);
  return hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
}
