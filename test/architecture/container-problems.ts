import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { definitions } from '../../bin/definitions.ts';
import { loadSettings } from '../../platform/config/settings.ts';
import { placeServices } from '../../platform/lifecycle/placement.ts';
import { readCompose, type ComposeService, type ContainerFiles } from '../support/containers.ts';
import { ROOT } from '../support/deployment.ts';
import { LONGEST_STOP_SECONDS, OWN_PATHS, SETTING_NAMES } from './program-facts.ts';

/** What the Dockerfile and compose.yaml say and the program does not know, or does otherwise. */
export function containerProblemsOf(files: ContainerFiles): string[] {
  return [...imageProblems(files), ...composeProblems(files)];
}

const PORT = '8080';

function imageProblems({
  Dockerfile,
  '.dockerignore': ignore,
  'deploy/container/healthy.mjs': healthy,
}: ContainerFiles): string[] {
  const last = Dockerfile.slice(Dockerfile.lastIndexOf('\nFROM '));
  const copied = [...Dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
  const inImage = [...last.matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
  const admitted = ignore.split('\n').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const settings = [...(/^ENV (.+)$/m.exec(last)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)];
  const has = (line: string): string[] => (last.includes(`\n${line}\n`) ? [] : [`the image has no ${line}`]);
  return [
    ...copied.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${path} is not there to be copied`),
    ...copied
      .filter((path) => !admitted.some((one) => path === one || path.startsWith(`${one}/`)))
      .map((path) => `.dockerignore keeps ${path} away`),
    ...FILES_USED.filter((path) => !inImage.some((one) => path.startsWith(`${one}/`))).map(
      (path) => `the program uses ${path}, which is not in the image`,
    ),
    ...settings.filter(([, name = '']) => !SETTING_NAMES.includes(name)).map(([, name]) => `${name} is no setting`),
    ...has('USER node'),
    ...has('ENTRYPOINT ["node", "bin/onsale.ts"]'),
    ...has(`EXPOSE ${PORT}`),
    ...(last.includes(`PORT=${PORT}`) ? [] : ['the image listens elsewhere than it exposes']),
    ...(/HEALTHCHECK .* CMD \["node", "(.+)"\]/.exec(last)?.[1] === 'deploy/container/healthy.mjs'
      ? []
      : ['nothing checks its health']),
    ...askedPaths(healthy),
    ...(/^ARG NODE_IMAGE=node:(\d+)-/m.exec(Dockerfile)?.[1] === readFileSync(join(ROOT, '.nvmrc'), 'utf8').trim()
      ? []
      : ['the image has another Node than .nvmrc']),
  ];
}

function askedPaths(script: string): string[] {
  const paths = [...script.matchAll(/8080\}(\/[\w/]+)/g)].map(([, path = '']) => path);
  const unknown = paths.filter((path) => !OWN_PATHS.includes(path)).map((path) => `${path} is no path`);
  return paths.length === 1 ? unknown : ['the health check asks for nothing'];
}

/** Every file that bin/onsale.ts leads to. */
const FILES_USED = filesUsed();

function filesUsed(): string[] {
  const seen = new Set<string>();
  const open = ['bin/onsale.ts'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(join(ROOT, file), 'utf8');
    const from = dirname(file);
    const imports = text.matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g);
    const urls = text.matchAll(/new URL\('(\.[^']*\.(?:ts|mjs|csv))', import\.meta\.url\)/g);
    for (const [, target = ''] of [...imports, ...urls]) {
      const path = normalize(join(from, target)).replaceAll('\\', '/');
      if (existsSync(join(ROOT, path))) open.push(path);
    }
  }
  return [...seen];
}

/** What the service `secrets` writes into its file, in its form. */
const SECRETS = {
  DATABASE_URL: 'postgres://onsale:secret@postgres:5432/postgres',
  JWT_SECRET: '1f'.repeat(32),
  INTERNAL_SECRET: '2e'.repeat(32),
};

function composeProblems({ 'compose.yaml': text, Dockerfile }: ContainerFiles): string[] {
  const { services, volumes } = readCompose(text);
  const names = Object.keys(services);
  const ours = Object.entries(services).filter(([, { entrypoint = [] }]) => entrypoint.includes('bin/onsale.ts'));
  const run = ours.flatMap(([, { command = [] }]) => servicesOf(command));
  const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  const images = [
    ...Object.values(services).map(({ image }) => image),
    ...[...Dockerfile.matchAll(/^FROM (\S+)|^ARG NODE_IMAGE=(\S+)/gm)].map(([, from, arg]) => from ?? arg ?? ''),
  ];
  return [
    ...ours.flatMap(([name, service]) => serviceProblems(name, service, names)),
    ...definitions
      .filter(({ name }) => run.filter((one) => one === name).length !== 1)
      .map(({ name }) => `${name} runs in no container of its own`),
    ...['seating', 'payments'].filter((name) => services[name]?.scale !== 2).map((name) => `${name} runs not twice`),
    ...asked.filter((name) => !SETTING_NAMES.includes(name)).map((name) => `${name} is no setting`),
    ...images.filter((image) => /^[^/]*[.:][^/]*\//.test(image)).map((image) => `${image} names a registry`),
    ...Object.entries(services).flatMap(([name, service]) => commonProblems(name, service, names, Object.keys(volumes))),
  ];
}

function servicesOf(command: readonly string[]): string[] {
  const [start, option = ''] = command;
  return start === 'start' ? [/^--services=(\w+)$/.exec(option)?.[1] ?? ''] : [];
}

function serviceProblems(name: string, service: ComposeService, names: readonly string[]): string[] {
  const environment = Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([key, value]) => [key, unset(String(value))]),
  );
  const [runs = ''] = servicesOf(service.command ?? []);
  const hosts = Object.values(environment).flatMap((value) =>
    [...value.matchAll(/(?:http:\/\/|^|,)([a-z][\w-]*):(\d+)/g)].map(([, host = '', port = '']) => ({ host, port })),
  );
  return [
    ...Object.keys(environment)
      .filter((key) => !SETTING_NAMES.includes(key))
      .map((key) => `${key} is no setting`),
    ...refusals(runs, { ...environment, ...SECRETS }),
    ...hosts.filter(({ host }) => !names.includes(host)).map(({ host }) => `${name} asks ${host}, which is no container`),
    ...(environment['PORT'] === PORT ? [] : [`${name} listens elsewhere than others ask`]),
    ...(service.read_only === true && service.cap_drop?.includes('ALL') === true ? [] : [`${name} may do more than it needs`]),
    ...(Number.parseInt(service.stop_grace_period ?? '0', 10) > LONGEST_STOP_SECONDS
      ? []
      : [`${name} is killed before it has stopped`]),
    ...(name !== 'gateway' && service.ports !== undefined ? [`${name} is open to others than the gateway`] : []),
  ];
}

/** As when nobody sets anything. */
function unset(value: string): string {
  return value.replaceAll(/\$\{\w+(?::-([^}]*))?\}/g, (_, fallback: string | undefined) => fallback ?? '');
}

/** Why the program would not start with these settings. */
export function refusals(services: string, environment: Readonly<Record<string, string>>): string[] {
  try {
    const settings = loadSettings(environment);
    placeServices(services, definitions, settings);
    if (!settings.production || settings.demo.enabled) return [`${services} does not run as in production`];
    return settings.kafka === null ? [`${services} keeps the event log elsewhere than on Kafka`] : [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function commonProblems(name: string, service: ComposeService, names: readonly string[], volumes: readonly string[]): string[] {
  const { ports = [], depends_on: needs = {}, volumes: mounts = [], image } = service;
  const sources = mounts.map((mount) => mount.split(':')[0] ?? '');
  return [
    ...ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} is open to everybody at ${port}`),
    ...Object.keys(needs)
      .filter((need) => !names.includes(need))
      .map((need) => `${name} waits for ${need}, which is no container`),
    ...sources
      .filter((source) => (source.startsWith('.') ? !existsSync(join(ROOT, source)) : !volumes.includes(source)))
      .map((source) => `${name} mounts ${source}, which is not there`),
    ...(/:[\w.-]+$/.test(image) ? [] : [`${name} runs any version of ${image}`]),
  ];
}
