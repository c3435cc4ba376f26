#!/usr/bin/env node
import { Command } from 'commander';
import { StartupError } from '../platform/config/startup-error.ts';
import { VERSION } from '../platform/version.ts';
import { showConfig } from './config.ts';
import { listDeadLettersOf, replayOne } from './dead-letters.ts';
import { setRoles } from './roles.ts';
import { start } from './start.ts';
import { verify } from './verify.ts';

const print = (lines: readonly string[]): void => console.log(lines.join('\n'));
const { env } = process;

const program = new Command('onsale').description('Ticketing that never oversells.').version(VERSION).helpCommand(false);

program
  .command('start')
  .description('run Onsale until it is stopped')
  .option('--services <names>', 'which services to run in this process', 'all')
  .action((options: { services: string }) => finish(start(env, options, print)));

program
  .command('config')
  .description('list every setting with its meaning, default and current value')
  .action(() => finish(showConfig(env, print)));

program
  .command('verify')
  .description('check in the databases that what must always be true is true')
  .option('--settle <time>', 'how long to wait until nothing is under way', '10s')
  .option('--journal <file>', 'what clients were told, as the load and fault tools write it down')
  .option('--json', 'one JSON document instead of lines')
  .action((options: { settle: string; journal?: string; json?: boolean }) => finish(verify(env, options, print)));

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
