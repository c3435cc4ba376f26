import { StartupError } from '../config/startup-error.ts';
import type { Settings } from '../config/settings.ts';
import type { ServiceDefinition } from './service.ts';

/** Which services run in this process, and which in others. */
export type Placement = {
  here: readonly ServiceDefinition[];
  elsewhere: readonly ServiceDefinition[];
  /** Addresses of those elsewhere. */
  urlsOf: Readonly<Partial<Record<string, readonly string[]>>>;
};

/**
 * @param names as `--services` gives them: `all`, or some, separated by commas
 * @throws StartupError that names what is missing to run them apart
 */
export function placeServices(names: string, definitions: readonly ServiceDefinition[], settings: Settings): Placement {
  if (names === 'all') return { here: definitions, elsewhere: [], urlsOf: {} };
  const wanted = names.split(',').map((name) => name.trim());
  const known = definitions.map(({ name }) => name);
  const unknown = wanted.filter((name) => !known.some((one) => one === name));
  if (unknown.length > 0)
    throw new StartupError(
      `--services=${names}: there is no service ${unknown.join(', ')}. They are ${known.join(', ')}, or all.`,
    );
  const here = definitions.filter(({ name }) => wanted.includes(name));
  const elsewhere = definitions.filter(({ name }) => !wanted.includes(name));
  if (elsewhere.length === 0) return { here, elsewhere, urlsOf: {} };
  const problems = problemsOf(here, elsewhere, settings);
  if (problems.length === 0) return { here, elsewhere, urlsOf: addressesOf(elsewhere, settings) };
  throw new StartupError(
    [`--services=${names} runs some services in this process and needs to know of the others:`, ...problems].join('\n  - '),
  );
}

function problemsOf(here: Placement['here'], elsewhere: Placement['elsewhere'], settings: Settings): string[] {
  const urlsOf = addressesOf(elsewhere, settings);
  const hasGateway = here.some(({ name }) => name === 'gateway');
  const missing = elsewhere.filter(({ name }) => name !== 'gateway' && urlsOf[name] === undefined);
  return [
    ...missing.map(({ name }) => `${name} is not in this process and has no address: set ${name.toUpperCase()}_URL`),
    ...(settings.database.embedded
      ? ['separate processes need one database server for all of them: set DATABASE_URL (npm run start:services brings one)']
      : []),
    ...(hasGateway && here.length > 1 && settings.services.internalPort === null
      ? [
          `${here
            .filter(({ name }) => name !== 'gateway')
            .map(({ name }) => name)
            .join(', ')} beside the gateway must be reached by the others: set INTERNAL_PORT`,
        ]
      : []),
  ];
}

function addressesOf(elsewhere: Placement['elsewhere'], { services }: Settings): Placement['urlsOf'] {
  const all: Readonly<Partial<Record<string, readonly string[]>>> = services.urlsOf;
  return Object.fromEntries(elsewhere.map(({ name }) => [name, all[name]]));
}
