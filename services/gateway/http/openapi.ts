import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { asyncApiDocument } from '../../../contracts/events/asyncapi.ts';
import { prebuilt, sendPrebuilt, type Prebuilt } from '../../../platform/http/prebuilt.ts';
import { describedAnswers } from './description/answers.ts';
import { completeDescription } from './description/complete.ts';
import type { OpenApi } from './description/document.ts';
import { docsPage, DOCS_STYLE } from './docs-page.ts';
import { setPageSecurityHeaders } from './page-headers.ts';

/** Collects the schemas of the routes that come after it. Register it before them. */
export function describeRoutes(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Onsale',
        version,
        description: 'Ticketing that never oversells. Money is in minor units; times are RFC 3339 UTC.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }, {}],
    },
    transform: ({ schema, url, route }) => ({
      schema: {
        ...keyHeader(route.config?.idempotencyKey),
        ...schema,
        hide: !url.startsWith('/v1/'),
        response: describedAnswers(schema?.response),
      },
      url,
    }),
  });
}

/** `/openapi.json`, and `/docs`: the same for people, without any script; `/asyncapi.json` of the domain events. */
export function serveDocs(app: FastifyInstance, version: string): void {
  let events: Prebuilt | undefined;
  const eventsOf = () => (events ??= prebuilt({ body: JSON.stringify(asyncApiDocument(version)) }));
  app.get('/asyncapi.json', (request, reply) => void sendPrebuilt(request, reply, eventsOf()));
  let built: { document: Prebuilt; page: Prebuilt } | undefined;
  // Built when first asked for: at start it would only cost time.
  const docs = () => (built ??= buildDocs(app));
  const style = prebuilt({ body: DOCS_STYLE, contentType: 'text/css; charset=utf-8' });
  app.get('/openapi.json', (request, reply) => void sendPrebuilt(request, reply, docs().document));
  app.register((pages, _options, done) => {
    pages.addHook('onRequest', setPageSecurityHeaders);
    pages.get('/docs', (request, reply) => void sendPrebuilt(request, reply, docs().page));
    pages.get('/docs.css', (request, reply) => void sendPrebuilt(request, reply, style));
    done();
  });
}

function buildDocs(app: FastifyInstance): { document: Prebuilt; page: Prebuilt } {
  // Read back as plain JSON, without what the generator leaves in its objects.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the generator of such documents made it
  const completed = completeDescription(JSON.parse(JSON.stringify(app.swagger())) as OpenApi);
  return {
    document: prebuilt({ body: JSON.stringify(completed) }),
    page: prebuilt({ body: docsPage(completed), contentType: 'text/html; charset=utf-8' }),
  };
}

function keyHeader(key: 'required' | 'accepted' | undefined): object {
  if (key === undefined) return {};
  const description = 'New for every purchase and the same when it is repeated: the same key never does a thing twice';
  const header = { type: 'string', minLength: 1, maxLength: 255, description };
  return {
    headers: {
      type: 'object',
      properties: { 'Idempotency-Key': header },
      required: key === 'required' ? ['Idempotency-Key'] : [],
    },
  };
}
