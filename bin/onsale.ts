#!/usr/bin/env node
import { Command, Option } from 'commander';
import { DEFAULTS, helpText, type SimulateArguments } from '../bench/simulate/arguments.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { VERSION } from '../platform/version.ts';
import type { BenchCommandOptions } from './bench.ts';
import { showConfig } from './config.ts';
import { listDeadLettersOf, replayOne } from './dead-letters.ts';
import type { RestoreCommandOptions } from './restore.ts';
import { setRoles } from './roles.ts';
import { runSimulate } from './simulate.ts';
import { start } from './start.ts';
import type { UpOptions } from './up.ts';
import { verify } from './verify.ts';

const print = (lines: readonly string[]): void => console.log(lines.join('\n'));
const { env } = process;

const program = new Command('onsale').description('Ticketing that never oversells.').version(VERSION).helpCommand(false);

program
  .command('start')
  .description('run Onsale until it is stopped')
  .option('--services <names>', 'which services to run in this process, separated by commas', 'all')
  .action((options: { services: string }) => finish(start(env, options, print)));

program
  .command('up')
  .description('run the whole of Onsale on this machine until it is stopped')
  .option('--processes', 'every service as a process of its own, restarted when it ends; the database server comes along')
  .option('--base-port <port>', 'ports of the services from this one on (else any that are free)')
  .action(async (options: UpOptions) => finish((await import('./up.ts')).up(env, options, print)));

program
  .command('config')
  .description('list every setting with its meaning, default and current value')
  .action(() => finish(showConfig(env, print)));

program
  .command('migrate')
  .description('bring all databases up to date and end; every start does it for those of its services')
  .action(async () => finish((await import('./migrate.ts')).migrateAll(env, print)));

program
  .command('verify')
  .description('check in the databases that what must always be true is true')
  .option('--settle <time>', 'how long to wait until nothing is under way', '10s')
  .option('--journal <file>', 'what clients were told, as the load and fault tools write it down')
  .option('--json', 'one JSON document instead of lines')
  .action((options: { settle: string; journal?: string; json?: boolean }) => finish(verify(env, options, print)));

program
  .command('backup')
  .argument('[folder]', 'a folder that is not there yet (default: onsale-backup-<time>)')
  .description('copy all databases as they are at one moment, while Onsale runs or not')
  .action(async (folder: string | undefined) => finish((await import('./backup.ts')).backup(env, folder, print)));

program
  .command('restore')
  .argument('<folder>', 'what `onsale backup` has made')
  .description('put a backup into empty databases, while Onsale is stopped')
  .option('--replace', 'give up what is in the databases now')
  .option('--check', 'only look whether the backup is whole and this version can restore it')
  .action(async (folder: string, options: RestoreCommandOptions) =>
    finish((await import('./restore.ts')).restoreBackup(env, folder, options, print)),
  );

program
  .command('simulate')
  .description('play a whole onsale with many buyers, and report how it went')
  .option('--buyers <count>', 'people who come', DEFAULTS.buyers)
  .option('--seats <count>', 'seats and places to sell, over all events', DEFAULTS.seats)
  .option('--events <count>', 'events on sale at the same moment', DEFAULTS.events)
  .option('--concurrency <count>', 'buyers at work at one time, each with a connection', DEFAULTS.concurrency)
  .option('--pace <share>', "how much of real life's hesitation they show, 0 to 1", DEFAULTS.pace)
  .option('--hold <seconds>', 'how long a hold lasts', DEFAULTS.hold)
  .option('--share <shares>', 'how people behave; see below')
  .option('--seed <number>', 'the same crowd again')
  .option('--url <address>', 'a system that runs on this machine, instead of one of its own')
  .option('--journal <file>', 'where to write what buyers were told (else beside the report)')
  .option('--report <folder>', 'where to write report.html and report.json (else a new temporary folder)')
  .option('--no-verify', 'leave out the check of every promise afterwards')
  .addHelpText('after', helpText())
  .action((given: SimulateArguments) => finish(runSimulate(env, given)));

program
  .command('bench')
  .description('measure on this machine what Onsale promises: about ten minutes, and nothing else should run')
  .option('--quick', 'the same loads for a shorter time: two minutes, and figures that scatter more')
  .option('--growth', 'how figures change with seats, events, connections and processes, and what overload does')
  .option('--only <names>', 'these measures only, separated by commas')
  .option('--out <file>', 'write everything that was measured to this file, as JSON')
  .option('--list', 'name the measures and end')
  .addOption(new Option('--tiny', 'show that everything runs, and measure nothing').hideHelp())
  .action(async (options: BenchCommandOptions) => finish((await benchTool()).bench(options, print)));

program.command('bench-system', { hidden: true }).action(async () => finish((await benchTool()).benchSystem(env, print)));

program
  .command('roles')
  .argument('<user>', 'username or e-mail address of an account')
  .argument('<role...>', 'all the roles it is to have: customer organizer door admin')
  .description('set the roles of an account, for instance of the first administrator')
  .action((user: string, roles: string[]) => finish(setRoles(env, user, roles, print)));

const deadLetters = program.command('dead-letters').description('domain events that a service could not handle');
deadLetters
  .command('list')
  .description('show them, oldest first')
  .action(() => finish(listDeadLettersOf(env, print)));
deadLetters
  .command('replay')
  .argument('<id>', 'as shown by list, e.g. orders:12')
  .description('handle one once more')
  .action((id: string) => finish(replayOne(env, id, print)));

/** Read when it is asked for, so that it costs the start of the program nothing. */
async function benchTool() {
  return import('./bench.ts');
}

/** Ends with the command's exit code; what is wrong with settings or the machine is said without a stack. */
async function finish(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (error) {
    console.error(error instanceof StartupError ? `\n${error.message}\n` : error);
    process.exitCode = 1;
  }
  // Everything was stopped in order; nothing that is left over may keep the process.
  process.exit();
}

await program.parseAsync();
