import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { definitions } from '../../bin/definitions.ts';
import { VERSION } from '../../platform/version.ts';
import { driftOf, readChart } from '../../scripts/kubernetes/rendered.ts';
import { Pod, readManifests, type ContainerFiles, type Manifest } from '../support/containers.ts';
import { ROOT } from '../support/deployment.ts';
import { refusals } from './container-problems.ts';
import { COMMANDS, LONGEST_STOP_SECONDS, OWN_PATHS, SECRET_SETTINGS, SETTING_NAMES } from './program-facts.ts';

/** What the manifests say and the program does not know, or does otherwise; and whether they are those of the chart. */
export function clusterProblemsOf(files: ContainerFiles): string[] {
  const manifests = readManifests(files['deploy/kubernetes/onsale.yaml']);
  return [
    ...driftProblems(files),
    ...manifests.flatMap((manifest) => (manifest.kind === 'Deployment' ? deploymentProblems(manifest, manifests) : [])),
    ...manifests.flatMap((manifest) => (manifest.kind === 'Job' ? jobProblems(manifest) : [])),
    ...completeness(manifests),
    ...ingressProblems(manifests),
    ...versionProblems(files),
    ...schemaProblems(files, manifests),
  ];
}

export function driftProblems(files: ContainerFiles): string[] {
  const file = 'deploy/kubernetes/onsale.yaml';
  return driftOf(files[file], readChart(join(ROOT, 'deploy/helm/onsale'))).map((problem) => `${file}: ${problem}`);
}

const WithTemplate = Type.Object({ template: Pod });
/** In their form; the Secret is made by whoever runs it. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://onsale:secret@postgres:5432/postgres',
  JWT_SECRET: '1f'.repeat(32),
  INTERNAL_SECRET: '2e'.repeat(32),
};

function podOf({ spec }: Manifest): Pod {
  return Value.Parse(WithTemplate, spec).template;
}

function onlyContainer(pod: Pod): Pod['spec']['containers'][number] {
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error('a pod without a container');
  return container;
}

function environmentOf(pod: Pod): Record<string, string> {
  return Object.fromEntries(onlyContainer(pod).env.map(({ name, value }) => [name, value ?? SECRETS[name] ?? '']));
}

function deploymentProblems(manifest: Manifest, all: readonly Manifest[]): string[] {
  const { name } = manifest.metadata;
  const pod = podOf(manifest);
  const container = onlyContainer(pod);
  const [command, option = ''] = container.args;
  const service = /^--services=(\w+)$/.exec(option)?.[1] ?? '';
  const environment = environmentOf(pod);
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  const drainSeconds = Number(container.lifecycle?.preStop.exec.command[1] ?? 0);
  const stopSeconds = (pod.spec.terminationGracePeriodSeconds ?? 0) - drainSeconds;
  const companions = ['Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];
  const hosts = Object.values(environment).flatMap((value) => [...value.matchAll(/^http:\/\/([\w-]+):(\d+)$/g)]);
  return [
    ...commonPodProblems(name, pod),
    ...(command === 'start' ? refusals(service, environment) : [`${name} starts nothing`]),
    ...probes.flatMap((probe) =>
      probe !== undefined && OWN_PATHS.includes(probe.httpGet.path) && probe.httpGet.port === 'http'
        ? []
        : [`${name} is asked for ${probe?.httpGet.path ?? 'nothing'}`],
    ),
    ...(container.readinessProbe?.httpGet.path === '/health/ready' ? [] : [`${name} gets requests before it is ready`]),
    ...(container.livenessProbe?.httpGet.path === '/health/live' ? [] : [`${name} is ended while it waits for others`]),
    ...(String(container.ports?.[0]?.containerPort) === environment['PORT'] ? [] : [`${name} listens on another port`]),
    // The gateway asks for names every 5 s, and name servers remember for 5 s.
    ...(drainSeconds > 10 ? [] : [`${name} stops while it is still asked`]),
    ...(stopSeconds > LONGEST_STOP_SECONDS ? [] : [`${name} is killed before it has stopped`]),
    ...(pod.spec.topologySpreadConstraints?.some(({ topologyKey }) => topologyKey.endsWith('/zone')) === true
      ? []
      : [`${name} may be in one zone only`]),
    ...companions
      .filter((kind) => !all.some((one) => one.kind === kind && one.metadata.name === name))
      .map((kind) => `${name} has no ${kind}`),
    ...hosts
      .filter(([, host]) => !all.some((one) => one.kind === 'Service' && one.metadata.name === host))
      .map(([, host]) => `${name} asks ${host}, which is no Service`),
  ];
}

function commonPodProblems(name: string, pod: Pod): string[] {
  const container = onlyContainer(pod);
  const { runAsNonRoot } = pod.spec.securityContext;
  const { readOnlyRootFilesystem, allowPrivilegeEscalation } = container.securityContext;
  const inTheOpen = container.env.filter((one) => SECRET_SETTINGS.includes(one.name) && one.valueFrom === undefined);
  return [
    ...container.env.filter((one) => !SETTING_NAMES.includes(one.name)).map((one) => `${one.name} is no setting`),
    ...inTheOpen.map((one) => `${name} shows ${one.name}`),
    ...(runAsNonRoot && readOnlyRootFilesystem && !allowPrivilegeEscalation ? [] : [`${name} may do more than it needs`]),
    ...(pod.spec.automountServiceAccountToken ? [`${name} has a token of the cluster`] : []),
  ];
}

function jobProblems(manifest: Manifest): string[] {
  const pod = podOf(manifest);
  const [command = ''] = onlyContainer(pod).args;
  const environment = environmentOf(pod);
  return [
    ...commonPodProblems(manifest.metadata.name, pod),
    ...(COMMANDS.includes(command) ? [] : [`onsale ${command} is no command`]),
    ...refusals('all', environment),
  ];
}

const Scaling = Type.Object({
  minReplicas: Type.Integer(),
  maxReplicas: Type.Integer(),
  metrics: Type.Tuple([Type.Object({ resource: Type.Object({ target: Type.Object({ averageUtilization: Type.Integer() }) }) })]),
});

function completeness(manifests: readonly Manifest[]): string[] {
  const run = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => onlyContainer(podOf(manifest)).args[1]?.replace('--services=', '') ?? '');
  const scalings = manifests
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .map(({ spec }) => Value.Parse(Scaling, spec));
  const asked = scalings.every(
    ({ minReplicas, maxReplicas, metrics }) =>
      minReplicas === 2 && maxReplicas === 10 && metrics[0].resource.target.averageUtilization === 70,
  );
  return [
    ...definitions.filter(({ name }) => !run.includes(name)).map(({ name }) => `${name} runs in no pod`),
    ...(asked ? [] : ['the autoscalers do not go from 2 to 10 pods at 70 %']),
    ...(manifests.some(({ kind }) => kind === 'Secret') ? ['a Secret is among the manifests'] : []),
    ...(manifests.some(({ kind }) => kind === 'NetworkPolicy') ? [] : ['any pod of the cluster reaches any of Onsale']),
  ];
}

const Ingress = Type.Object({
  tls: Type.Array(Type.Object({ hosts: Type.Array(Type.String()), secretName: Type.String() }), { minItems: 1 }),
  rules: Type.Array(
    Type.Object({
      http: Type.Object({
        paths: Type.Array(
          Type.Object({ path: Type.String(), backend: Type.Object({ service: Type.Object({ name: Type.String() }) }) }),
        ),
      }),
    }),
  ),
});

function ingressProblems(manifests: readonly Manifest[]): string[] {
  const services = manifests.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  const ingresses = manifests.filter(({ kind }) => kind === 'Ingress').map(({ spec }) => Value.Parse(Ingress, spec));
  const paths = ingresses.flatMap(({ rules }) => rules.flatMap(({ http }) => http.paths));
  const target = (wanted: string): string | undefined => paths.find(({ path }) => path === wanted)?.backend.service.name;
  return [
    ...paths.filter(({ path }) => !OWN_PATHS.includes(path)).map(({ path }) => `${path} is no path`),
    ...paths
      .filter(({ backend }) => !services.includes(backend.service.name))
      .map(({ path, backend }) => `${path} goes to ${backend.service.name}, which is no Service`),
    ...(target('/')?.endsWith('-gateway') === true ? [] : ['the public does not reach the gateway']),
    ...(target('/metrics')?.endsWith('-nobody') === true ? [] : ['everybody may read /metrics']),
  ];
}

function versionProblems(files: ContainerFiles): string[] {
  const chart = /^appVersion: (.+)$/m.exec(files['deploy/helm/onsale/Chart.yaml'])?.[1];
  const kustomized = /newTag: (.+)$/m.exec(files['deploy/kubernetes/kustomization.yaml'])?.[1];
  return [
    ...(chart === VERSION ? [] : [`the chart is of version ${chart}, the program is ${VERSION}`]),
    ...(kustomized === VERSION ? [] : [`the kustomization is of version ${kustomized}, the program is ${VERSION}`]),
  ];
}

const ValuesSchema = Type.Object({
  properties: Type.Object({
    settings: Type.Object({ propertyNames: Type.Object({ enum: Type.Array(Type.String()) }) }),
    services: Type.Object({ required: Type.Array(Type.String()) }),
    databaseUrlKeys: Type.Object({ properties: Type.Record(Type.String(), Type.Unknown()) }),
  }),
});

/** Of one process with its own database, or given by the chart only when something else is. */
const NOT_FOR_PODS = [
  'INTERNAL_PORT',
  'ONSALE_DATA_DIR',
  'ONSALE_DEMO',
  'ONSALE_DEMO_PUBLIC',
  'EVENT_LOG_DATABASE_URL',
  'PRICING_FILE',
];

function schemaProblems(files: ContainerFiles, manifests: readonly Manifest[]): string[] {
  const schema: unknown = JSON.parse(files['deploy/helm/onsale/values.schema.json']);
  const { settings, services, databaseUrlKeys } = Value.Parse(ValuesSchema, schema).properties;
  const free = settings.propertyNames.enum;
  const given = manifests.flatMap((one) => (one.kind === 'Deployment' ? Object.keys(environmentOf(podOf(one))) : []));
  const databases = Object.keys(databaseUrlKeys.properties).map((service) => `${service.toUpperCase()}_DATABASE_URL`);
  const known = [...free, ...given, ...databases, ...NOT_FOR_PODS];
  return [
    ...[...free, ...databases].filter((name) => !SETTING_NAMES.includes(name)).map((name) => `${name} is no setting`),
    ...free.filter((name) => given.includes(name)).map((name) => `${name} would be given twice`),
    ...SETTING_NAMES.filter((name) => !known.includes(name)).map((name) => `the chart cannot set ${name}`),
    ...definitions
      .filter(({ name }) => !services.required.includes(name))
      .map(({ name }) => `the chart's values have no ${name}`),
  ];
}
