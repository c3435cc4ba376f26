// Makes the secrets of compose.yaml, once: a file per reader, in the folder given. What is there stays as it is, since a database
// keeps the password that it was made with.
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '/made'] = process.argv.slice(2);
const ROOT = 0;
/** The user `node` of Onsale's image, and Grafana's of its own. */
const [NODE, GRAFANA] = [1000, 472];

// The container's root owns the volumes but may not read what it has given away: no file is written or read again afterwards.
const password = makeOnce('postgres/password', ROOT, () => random());
makeOnce('grafana/password', GRAFANA, () => random());
// Last, as it holds what the database was told.
makeOnce('onsale/onsale.env', NODE, () =>
  [
    `DATABASE_URL=postgres://onsale:${password()}@postgres:5432/postgres`,
    `JWT_SECRET=${random()}`,
    `INTERNAL_SECRET=${random()}`,
    '',
  ].join('\n'),
);

function random() {
  return randomBytes(32).toString('hex');
}

/** @returns a function that reads the file, for those that stay with root */
function makeOnce(name, owner, content) {
  const path = join(folder, name);
  if (!existsSync(path)) {
    const unfinished = `${path}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, content(), { mode: 0o400 });
    if (process.getuid?.() === ROOT) chownSync(unfinished, owner, owner);
    renameSync(unfinished, path);
    process.stdout.write(`made ${name}\n`);
  }
  return () => readFileSync(path, 'utf8');
}
