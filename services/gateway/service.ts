import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { VERSION } from '../../platform/version.ts';
import { loadRevocations, noteRevocations } from './follow-revocations.ts';
import { allowOrigins } from './http/allow-origins.ts';
import { serveLastAnswers } from './http/last-answers.ts';
import { limitRequests } from './http/limit-requests.ts';
import { describeRoutes, serveDocs } from './http/openapi.ts';
import { serveWebApp } from './http/web-app.ts';

const WEB_DIST = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** The one public door: what holds for the routes of all services, the web app and the API's description. Owns no data. */
export const gateway: ServiceDefinition = {
  name: 'gateway',
  create: ({ settings, metrics, services, revocations }) => ({
    publicRoutes: (app) => {
      limitRequests(app, settings.http.rateLimitPerMinute, metrics);
      allowOrigins(app, settings.http.corsOrigins);
      serveLastAnswers(app, metrics);
      describeRoutes(app, VERSION);
      serveDocs(app, VERSION);
      serveWebApp(app, WEB_DIST);
    },
    tails: [{ topic: 'user.events', onRecord: (events) => noteRevocations(events, revocations) }],
    beforeReady: () => loadRevocations(services, revocations),
  }),
};
