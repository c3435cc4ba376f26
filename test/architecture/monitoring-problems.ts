import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { readCompose, type ContainerFiles } from '../support/containers.ts';
import { OWN_PATHS, ROUTES } from './program-facts.ts';
import { projectFiles, readProjectFile } from './sources.ts';

/** What Prometheus and Grafana are told to look at that the program does not have. */
export async function monitoringProblemsOf(files: ContainerFiles): Promise<string[]> {
  const known = [...OWN_METRICS, ...(await processMetrics())];
  const { services } = readCompose(files['compose.yaml']);
  const prometheus = files['deploy/prometheus/prometheus.yml'];
  const expressions = `${files['deploy/prometheus/rules.yml']}\n${files['deploy/grafana/dashboards/onsale.json'].replaceAll('\\"', '"')}`;
  const named = [...expressions.matchAll(/\b((?:onsale|process|nodejs)_[a-z0-9_]+)(?=[{[)\s"])/g)].map(([, name = '']) => name);
  const metrics = named.filter((name) => name !== 'onsale_service');
  const routes = [...expressions.matchAll(/route="([^"]+)"/g)].map(([, route = '']) => route);
  const asked = (/names: \[(.+)\]/.exec(prometheus)?.[1] ?? '').split(',').map((name) => name.trim());
  const ours = Object.entries(services).flatMap(([name, { entrypoint = [] }]) =>
    entrypoint.includes('bin/onsale.ts') ? [name] : [],
  );
  const source = /url: http:\/\/([\w-]+):(\d+)/.exec(files['deploy/grafana/provisioning/datasources/prometheus.yml']);
  const path = /metrics_path: (\S+)/.exec(prometheus)?.[1] ?? '';
  return [
    ...[...new Set(metrics)].filter((name) => !known.includes(unsuffixed(name, known))).map((name) => `${name} is no metric`),
    ...routes.filter((route) => !ROUTES.some((one) => one.endsWith(` ${route}`))).map((route) => `${route} is no route`),
    ...ours.filter((name) => !asked.includes(name)).map((name) => `nobody asks ${name} for its metrics`),
    ...asked.filter((name) => !ours.includes(name)).map((name) => `${name} is no service to be asked for metrics`),
    ...(OWN_PATHS.includes(path) ? [] : [`${path} is no path`]),
    ...(/port: 8080\b/.test(prometheus) ? [] : ['metrics are looked for at another port']),
    ...(services[source?.[1] ?? '']?.ports?.some((port) => port.endsWith(`:${source?.[2]}`)) === true
      ? []
      : ['Grafana asks another Prometheus']),
  ];
}

/** Histograms show three series more than their name says. */
function unsuffixed(name: string, known: readonly string[]): string {
  return known.includes(name) ? name : name.replace(/_(?:bucket|count|sum)$/, '');
}

/** As the sources ask `Metrics` for them. */
const OWN_METRICS = ownMetrics();

function ownMetrics(): string[] {
  const files = projectFiles(/^(?:platform|services)\/.*(?<!\.test)\.ts$/);
  return files.flatMap((file) =>
    [...readProjectFile(file).matchAll(/\.(?:counter|gauge|histogram|observed)\(\s*'(onsale_[a-z_]+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
}

async function processMetrics(): Promise<string[]> {
  const { text } = await createMetrics({ process: true }).expose();
  return [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
}
