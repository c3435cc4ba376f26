import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from './deployment.ts';

/** What describes Onsale in containers, as text, by file. */
export const CONTAINER_FILES = [
  'Dockerfile',
  '.dockerignore',
  'compose.yaml',
  'deploy/container/healthy.mjs',
  'deploy/kubernetes/onsale.yaml',
  'deploy/kubernetes/kustomization.yaml',
  'deploy/helm/onsale/Chart.yaml',
  'deploy/helm/onsale/values.schema.json',
  'deploy/prometheus/prometheus.yml',
  'deploy/prometheus/rules.yml',
  'deploy/grafana/dashboards/onsale.json',
  'deploy/grafana/provisioning/datasources/prometheus.yml',
] as const;

export type ContainerFile = (typeof CONTAINER_FILES)[number];
export type ContainerFiles = Readonly<Record<ContainerFile, string>>;

export function readContainerFiles(): ContainerFiles {
  return Object.fromEntries(CONTAINER_FILES.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])) as ContainerFiles;
}

const Text = Type.String();
const Texts = Type.Array(Text);

const ComposeService = Type.Object({
  image: Text,
  entrypoint: Type.Optional(Texts),
  command: Type.Optional(Texts),
  environment: Type.Optional(Type.Record(Text, Type.Union([Text, Type.Number()]))),
  user: Type.Optional(Text),
  read_only: Type.Optional(Type.Boolean()),
  cap_drop: Type.Optional(Texts),
  stop_grace_period: Type.Optional(Text),
  scale: Type.Optional(Type.Integer()),
  profiles: Type.Optional(Texts),
  ports: Type.Optional(Texts),
  volumes: Type.Optional(Texts),
  depends_on: Type.Optional(Type.Record(Text, Type.Object({ condition: Text, required: Type.Optional(Type.Boolean()) }))),
});
export type ComposeService = Static<typeof ComposeService>;

const Compose = Type.Object({
  services: Type.Record(Text, ComposeService),
  volumes: Type.Record(Text, Type.Unknown()),
});

export function readCompose(text: string): Static<typeof Compose> {
  return Value.Parse(Compose, parse(text, { merge: true }));
}

const Manifest = Type.Object({
  kind: Text,
  metadata: Type.Object({ name: Text }),
  spec: Type.Optional(Type.Unknown()),
});
export type Manifest = Static<typeof Manifest>;

export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((document) => document !== null)
    .map((document) => Value.Parse(Manifest, document));
}

const Probe = Type.Object({ httpGet: Type.Object({ path: Text, port: Text }) });
const EnvironmentVariable = Type.Object({ name: Text, value: Type.Optional(Text), valueFrom: Type.Optional(Type.Unknown()) });

export const Pod = Type.Object({
  metadata: Type.Object({ labels: Type.Record(Text, Text), annotations: Type.Optional(Type.Record(Text, Text)) }),
  spec: Type.Object({
    terminationGracePeriodSeconds: Type.Optional(Type.Integer()),
    automountServiceAccountToken: Type.Boolean(),
    securityContext: Type.Object({ runAsNonRoot: Type.Boolean() }),
    topologySpreadConstraints: Type.Optional(Type.Array(Type.Object({ topologyKey: Text }))),
    containers: Type.Array(
      Type.Object({
        image: Text,
        args: Texts,
        env: Type.Array(EnvironmentVariable),
        ports: Type.Optional(Type.Array(Type.Object({ name: Text, containerPort: Type.Integer() }))),
        startupProbe: Type.Optional(Probe),
        readinessProbe: Type.Optional(Probe),
        livenessProbe: Type.Optional(Probe),
        lifecycle: Type.Optional(Type.Object({ preStop: Type.Object({ exec: Type.Object({ command: Texts }) }) })),
        resources: Type.Object({ requests: Type.Unknown(), limits: Type.Unknown() }),
        securityContext: Type.Object({ readOnlyRootFilesystem: Type.Boolean(), allowPrivilegeEscalation: Type.Boolean() }),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
});
export type Pod = Static<typeof Pod>;
