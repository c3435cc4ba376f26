import { describe, expect, it } from 'vitest';
import { readDeployment, type Deployment } from '../support/deployment.ts';
import { problemsOf } from './deployment-problems.ts';

const deployment = readDeployment();
const SECRETS = 'JWT_SECRET=CHANGE-ME\nINTERNAL_SECRET=CHANGE-ME';

describe('deploy/', () => {
  it('names only settings, paths, commands, routes and databases that the program has', () => {
    expect(problemsOf(deployment)).toEqual([]);
  });

  it.each<[keyof Deployment, string, string, RegExp]>([
    ['env', 'TRUST_PROXY=', 'TRUST_PROXIES=', /^TRUST_PROXIES is no setting/],
    ['env', 'TRUST_PROXY=loopback', 'TRUST_PROXY=sometimes', /^the example is refused: [^]*TRUST_PROXY must be/],
    ['env', 'NODE_ENV=production', 'NODE_ENV=development', /^the example is not one of production/],
    [
      'env',
      SECRETS,
      SECRETS.replace('CHANGE-ME', 'x'.repeat(32)).replace('CHANGE-ME', 'y'.repeat(32)),
      /accepted with nothing filled in/,
    ],
    ['env', 'PORT=8080', 'PORT=8081', /the example listens on 8081/],
    ['readme', '`LOG_LEVEL=debug`', '`LOG_LEVELS=debug`', /^LOG_LEVELS is no setting/],
    ['readme', '/opt/onsale/deploy/nginx/onsale.conf', '/opt/onsale/deploy/nginx/onsales.conf', /onsales\.conf is not there/],
    ['readme', 'onsale.ts roles', 'onsale.ts role', /^onsale role is no command/],
    ['readme', 'dead-letters list', 'dead-letter list', /^onsale dead-letter list is no command/],
    ['readme', 'npm run build', 'npm run compile', /^npm run compile --workspace=web: no such script/],
    ['readme', '8080/health/ready', '8080/healthz', /^\/healthz is no path/],
    ['readme', 'PUT /v1/users/{userId}/roles', 'PUT /v1/users/{userId}/role', /role is no route/],
    ['readme', '`paymentsdb`', '`paymentdb`', /^the databases are catalogdb .* not catalogdb/],
    ['unit', 'bin/onsale.ts start', 'dist/onsale.js start', /dist\/onsale\.js is not there/],
    ['unit', 'User=onsale', 'User=root', /User is wrong/],
    ['unit', 'TimeoutStopSec=90', 'TimeoutStopSec=10', /kills before/],
    ['nginx', 'stream$', 'streams$', /\/v1\/seats\/stream for no stream/],
    ['nginx', 'proxy_buffering off;', '', /holds streams back/],
    ['nginx', 'client_max_body_size 9m', 'client_max_body_size 1m', /refuses seat plans/],
    ['nginx', '127.0.0.1:8080;', '127.0.0.1:3000;', /another port/],
    ['nginx', 'X-Forwarded-Proto', 'X-Scheme', /does not pass X-Forwarded-Proto/],
  ])('is noticed when its %s says something else than %s: %s', (file, text, other, problem) => {
    expect(deployment[file]).toContain(text);
    const problems = problemsOf({ ...deployment, [file]: deployment[file].replaceAll(text, other) });
    expect(problems.join('\n')).toMatch(new RegExp(problem, 'm'));
  });
});
