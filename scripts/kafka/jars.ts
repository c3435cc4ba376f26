import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const POM = join(HERE, 'pom.xml');
/** Whatever is fetched or kept for Apache Kafka; git ignores it. */
export const CACHE = join(ROOT, '.cache/kafka');
const MIN_JAVA = 17;
/** On a first run Maven fetches itself too. */
const FETCH_WITHIN_MS = 300_000;

/** What a person has to do before a broker can start. */
export class KafkaMissing extends Error {}

/**
 * The class path of Apache Kafka: of KAFKA_HOME, of what was fetched before, or fetched now with Maven.
 *
 * @throws KafkaMissing
 */
export async function kafkaClassPath(environment: NodeJS.ProcessEnv, tell: (what: string) => void): Promise<string> {
  const missing = missingJava();
  if (missing !== null) throw new KafkaMissing(missing);
  const home = environment['KAFKA_HOME'];
  if (home !== undefined && home !== '') return homeClassPath(home);
  const folder = jarsFolder();
  if (!existsSync(folder)) await fetchJars(folder, tell);
  return `${folder}/*`;
}

/** Why a broker cannot start without fetching anything; null when it can. */
export function missingForKafka(environment: NodeJS.ProcessEnv): string | null {
  const java = missingJava();
  if (java !== null) return java;
  if ((environment['KAFKA_HOME'] ?? '') !== '' || existsSync(jarsFolder()) || commandWorks('mvn')) return null;
  return MAVEN_MISSING;
}

const MAVEN_MISSING =
  'Apache Kafka comes through Maven, which is missing: `apt-get install maven`, or set KAFKA_HOME to an unpacked Apache Kafka 4.';

function missingJava(): string | null {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1]) : 0;
  if (version >= MIN_JAVA) return null;
  const found = version > 0 ? `Java ${version} is too old` : 'Java is missing';
  return `Apache Kafka needs Java ${MIN_JAVA} or newer; ${found}: \`apt-get install openjdk-17-jre-headless\`.`;
}

function commandWorks(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function homeClassPath(home: string): string {
  const libs = join(home, 'libs');
  if (existsSync(libs) && readdirSync(libs).some((name) => name.startsWith('kafka_'))) return `${libs}/*`;
  throw new KafkaMissing(`KAFKA_HOME is ${home}, where no libs/kafka_*.jar is. Name the folder of an unpacked Apache Kafka 4.`);
}

function jarsFolder(): string {
  const version = /<version>([\d.]+)<\/version>/.exec(readFileSync(POM, 'utf8'))?.[1];
  return join(CACHE, `jars-${version}`);
}

async function fetchJars(folder: string, tell: (what: string) => void): Promise<void> {
  if (!commandWorks('mvn')) throw new KafkaMissing(MAVEN_MISSING);
  tell('Apache Kafka is fetched (45 MB, once) …');
  mkdirSync(CACHE, { recursive: true });
  // Another process may fetch at the same time: each into a folder of its own, and who is first gives it its name.
  const half = `${folder}.${process.pid}`;
  const args = ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${half}`];
  const maven = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: FETCH_WITHIN_MS });
  let said = '';
  for (const stream of [maven.stdout, maven.stderr]) stream.on('data', (data) => (said = (said + String(data)).slice(-4_000)));
  await once(maven, 'close');
  if (maven.exitCode === 0 && !existsSync(folder)) renameSync(half, folder);
  rmSync(half, { recursive: true, force: true });
  if (maven.exitCode !== 0) throw new KafkaMissing(`Maven could not fetch Apache Kafka:\n${said.trim()}`);
}
