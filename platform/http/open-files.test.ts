import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { expect, it, vi } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { limitConnections } from './open-files.ts';

it('refuses connections before files run out, and says what to raise', async () => {
  const app = fastify();
  const logger = createLogger({ level: 'silent' });
  const warn = vi.spyOn(logger, 'warn');
  const error = vi.spyOn(logger, 'error');
  limitConnections(app, logger, 258);
  expect(warn.mock.calls.flat().join()).toMatch(/258 files open, so it takes 2 connections.*ulimit -n/);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const sockets = [1, 2].map(() => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const third = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(third, 'close');
  await vi.waitFor(() => expect(error.mock.calls.flat().join()).toContain('Connections are refused'));
  for (const socket of sockets) socket.destroy();
  await app.close();
});

it('says nothing where there is enough', async () => {
  const app = fastify();
  const logger = createLogger({ level: 'silent' });
  const warn = vi.spyOn(logger, 'warn');
  limitConnections(app, logger, 100_000);
  limitConnections(app, logger, null);
  expect([warn.mock.calls, app.server.maxConnections]).toEqual([[], 99_744]);
  await app.close();
});
