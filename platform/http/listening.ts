import { once } from 'node:events';
import { createServer as createTcpServer, type Server } from 'node:net';
import { StartupError } from '../config/startup-error.ts';

/** Connections that wait to be accepted: an onsale begins with all buyers at once. */
export const BACKLOG = 4096;

/** Listens. @returns the server's address as `http://…` */
export async function listening(server: Server, host: string, port: number): Promise<string> {
  try {
    server.listen({ port, host, backlog: BACKLOG });
    await once(server, 'listening');
  } catch (error) {
    throw explainedListenError(error, host, port);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A server that listens has an address');
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Says so before the databases are made, rather than after. */
export async function checkAddress(host: string, port: number): Promise<void> {
  const probe = createTcpServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    throw explainedListenError(error, host, port);
  } finally {
    probe.close();
  }
}

export function explainedListenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const because = { cause: error };
  if (code === 'EADDRINUSE') {
    return new StartupError(
      `Port ${port} on ${host} is in use. Stop the program that uses it, or choose another port: PORT=8081 npm start`,
      because,
    );
  }
  if (code === 'EACCES')
    return new StartupError(`Port ${port} needs more rights than this user has. Choose one above 1023 with PORT.`, because);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError(
      `${host} is not an address of this machine. Set HOST to 127.0.0.1, or to one of its addresses.`,
      because,
    );
  }
  return error;
}
