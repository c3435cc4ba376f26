import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../platform/config/settings.ts';
import { manifestFile, readChart } from '../../scripts/kubernetes/rendered.ts';
import { readContainerFiles, type ContainerFile, type ContainerFiles } from '../support/containers.ts';
import { ROOT } from '../support/deployment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { clusterProblemsOf, driftProblems } from './cluster-problems.ts';
import { containerProblemsOf } from './container-problems.ts';
import { monitoringProblemsOf } from './monitoring-problems.ts';

const files = readContainerFiles();

async function problemsOf(changed: ContainerFiles): Promise<string[]> {
  return [...containerProblemsOf(changed), ...clusterProblemsOf(changed), ...(await monitoringProblemsOf(changed))];
}

describe('the image, compose.yaml, the chart and its manifests', () => {
  it('name only services, settings, ports, paths, commands and metrics that the program has', async () => {
    expect(await problemsOf(files)).toEqual([]);
  });

  it.each<[ContainerFile, string, string, RegExp]>([
    ['Dockerfile', 'COPY demo demo\n', '', /uses demo\/seed\.ts, which is not in the image/],
    ['Dockerfile', 'COPY verify verify', 'COPY verified verified', /^verified is not there/],
    ['Dockerfile', 'USER node', 'USER root', /has no USER node/],
    ['Dockerfile', 'HOST=0.0.0.0', 'HOSTNAME=0.0.0.0', /^HOSTNAME is no setting/],
    ['Dockerfile', 'node:24-', 'node:20-', /another Node/],
    ['Dockerfile', 'node:24-', 'registry.example.org/node:24-', /names a registry/],
    ['Dockerfile', '"deploy/container/healthy.mjs"', '"healthy.mjs"', /nothing checks its health/],
    ['.dockerignore', '!services\n', '', /keeps services away/],
    ['deploy/container/healthy.mjs', '/health/ready', '/healthz', /^\/healthz is no path/],
    ['compose.yaml', '--services=orders', '--services=order', /there is no service order/],
    ['compose.yaml', 'SEATING_URL: ', 'SEATS_URL: ', /^SEATS_URL is no setting/],
    ['compose.yaml', 'SEATING_URL: ', '# ', /seating is not in this process and has no address/],
    ['compose.yaml', 'http://orders:8080', 'http://order:8080', /asks order, which is no container/],
    ['compose.yaml', '${LOG_LEVEL:-info}', '${LOG_LEVELS:-info}', /^LOG_LEVELS is no setting/],
    ['compose.yaml', '${LOG_LEVEL:-info}', '${LOG_LEVEL:-chatty}', /LOG_LEVEL must be/],
    ['compose.yaml', "'127.0.0.1:${PORT", "'0.0.0.0:${PORT", /open to everybody/],
    ['compose.yaml', 'scale: 2', 'scale: 1', /seating runs not twice/],
    ['compose.yaml', '  stop_grace_period: 90s', '  stop_grace_period: 10s', /killed before it has stopped/],
    ['compose.yaml', 'image: apache/kafka:', 'image: registry.example.org/apache/kafka:', /names a registry/],
    ['compose.yaml', 'KAFKA_BROKERS: kafka:9092', "KAFKA_BROKERS: ''", /elsewhere than on Kafka/],
    ['deploy/kubernetes/onsale.yaml', '--services=users', '--services=user', /there is no service user/],
    ['deploy/kubernetes/onsale.yaml', 'name: SEATING_URL', 'name: SEATS_URL', /^SEATS_URL is no setting/],
    ['deploy/kubernetes/onsale.yaml', 'http://onsale-seating:8080', 'http://seating:8080', /asks seating, which is no Service/],
    ['deploy/kubernetes/onsale.yaml', 'path: /health/live', 'path: /livez', /asked for \/livez/],
    ['deploy/kubernetes/onsale.yaml', 'args: [migrate]', 'args: [migration]', /^onsale migration is no command/],
    ['deploy/kubernetes/onsale.yaml', 'containerPort: 8080', 'containerPort: 3000', /another port/],
    [
      'deploy/kubernetes/onsale.yaml',
      'terminationGracePeriodSeconds: 105',
      'terminationGracePeriodSeconds: 30',
      /is killed before/,
    ],
    ['deploy/kubernetes/onsale.yaml', "[sleep, '15']", "[sleep, '1']", /stops while it is still asked/],
    ['deploy/kubernetes/onsale.yaml', 'kind: PodDisruptionBudget', 'kind: Budget', /has no PodDisruptionBudget/],
    ['deploy/kubernetes/onsale.yaml', 'maxReplicas: 10', 'maxReplicas: 3', /from 2 to 10/],
    ['deploy/kubernetes/onsale.yaml', 'name: onsale-nobody', 'name: onsale-gateway', /everybody may read/],
    ['deploy/kubernetes/onsale.yaml', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', /may do more/],
    ['deploy/helm/onsale/Chart.yaml', 'appVersion: ', 'appVersion: 9', /the chart is of version 9/],
    ['deploy/helm/onsale/values.schema.json', '"TAX_PERCENT"', '"TAX"', /^TAX is no setting[^]*cannot set TAX_PERCENT/],
    ['deploy/prometheus/prometheus.yml', 'seating, ', '', /nobody asks seating/],
    ['deploy/prometheus/rules.yml', 'onsale_pg_connections{', 'onsale_connections{', /^onsale_connections is no metric/],
    [
      'deploy/grafana/dashboards/onsale.json',
      'process_cpu_seconds_total',
      'process_cpu_total',
      /^process_cpu_total is no metric/,
    ],
    ['deploy/grafana/dashboards/onsale.json', '/v1/seats/reserve', '/v1/seats/book', /^\/v1\/seats\/book is no route/],
  ])('are noticed when %s says something else than %s: %s', async (file, text, other, problem) => {
    expect(files[file]).toContain(text);
    const problems = await problemsOf({ ...files, [file]: files[file].replaceAll(text, () => other) });
    expect(problems.join('\n')).toMatch(new RegExp(problem, 'm'));
  });

  it('are noticed when the manifests are not those of the chart', () => {
    const file = 'deploy/kubernetes/onsale.yaml';
    const byHand = files[file].replace('cpu: 250m', 'cpu: 300m');
    expect(driftProblems({ ...files, [file]: byHand })).toEqual([expect.stringContaining('by hand')]);
    const chart = readChart(join(ROOT, 'deploy/helm/onsale'));
    const ofAnother = manifestFile('kind: List\n', { ...chart, 'values.yaml': 'changed' });
    expect(driftProblems({ ...files, [file]: ofAnother })).toEqual([expect.stringContaining('the chart was changed')]);
  });
});

describe('the health check of the image', () => {
  const check = async (port: string): Promise<number | null> => {
    const child = spawn(process.execPath, [join(ROOT, 'deploy/container/healthy.mjs')], { env: { PORT: port }, stdio: 'ignore' });
    await once(child, 'exit');
    return child.exitCode;
  };

  it('passes while the process is ready, and fails while it is not or does not answer', async () => {
    let status = 200;
    const server = createServer((request, response) => response.writeHead(request.url === '/health/ready' ? status : 404).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    expect(await check(port)).toBe(0);
    status = 503;
    expect(await check(port)).toBe(1);
    server.close();
    server.closeAllConnections();
    expect(await check(port)).toBe(1);
  });
});

describe('the secrets of compose.yaml', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are made once, are such as the program accepts, and tell the database the same password as the services', () => {
    for (const volume of ['onsale', 'postgres', 'grafana']) mkdirSync(join(folder, volume));
    const make = (): string => {
      execFileSync(process.execPath, [join(ROOT, 'deploy/container/make-secrets.mjs'), folder]);
      return readFileSync(join(folder, 'onsale/onsale.env'), 'utf8');
    };
    const made = make();
    const environment = parseEnv(made);
    expect(loadSettings({ ...environment, NODE_ENV: 'production' }).database.embedded).toBe(false);
    const password = readFileSync(join(folder, 'postgres/password'), 'utf8');
    expect(new URL(environment['DATABASE_URL'] ?? '').password).toBe(password);
    expect(readFileSync(join(folder, 'grafana/password'), 'utf8')).not.toBe(password);
    expect(make()).toBe(made);
  });
});
