// A program to be killed: starts the server in the directory named and inserts rows, telling each that was acknowledged.
import { sql } from '../../database.ts';
import { openDatabase } from '../../pool.ts';
import { startEmbeddedPostgres } from '../start.ts';

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' });
const database = openDatabase({ connectionString: server.connectionString('postgres'), name: 'writer', poolSize: 1 });
await database.run(sql('writer.create', 'CREATE TABLE written (id int)'));
console.log(`server ${server.pid}`);
for (let id = 1; ; id++) {
  await database.run(sql('writer.insert', 'INSERT INTO written VALUES ($1)'), [id]);
  console.log(`acknowledged ${id}`);
}
