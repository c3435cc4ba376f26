import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLoadClient, type LoadClient } from './client.ts';
import { runClosedLoop } from './closed-loop.ts';
import { wireRequest, type Address } from './wire.ts';

const servers: { close(): unknown }[] = [];
const clients: LoadClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) server.close();
});

type Handler = (path: string, response: ServerResponse, body: string) => void;

async function serve(handle: Handler): Promise<{ address: Address; server: Server; sockets: () => number }> {
  let sockets = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => handle(request.url ?? '', response, body));
  });
  server.on('connection', () => (sockets += 1));
  servers.push(server);
  return { address: await listening(server), server, sockets: () => sockets };
}

function listening(server: {
  listen(port: number, host: string, then: () => void): unknown;
  address(): unknown;
}): Promise<Address> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }));
  });
}

function clientOf(address: Address, connections = 1, timeoutMs = 5_000): LoadClient {
  const client = createLoadClient({ address, connections, timeoutMs });
  clients.push(client);
  return client;
}

const get = (path: string) => wireRequest({ path });

describe('the load client', () => {
  it('reads answers by their length and keeps the connection', async () => {
    const { address, sockets } = await serve((path, response) =>
      response.setHeader('etag', `"${path}"`).end(`you asked for ${path}`),
    );
    const client = clientOf(address);
    const first = await client.ask(get('/one'));
    expect(first).toMatchObject({ status: 200, text: 'you asked for /one' });
    expect(first?.header('etag')).toBe('"/one"');
    expect((await client.ask(get('/two')))?.text).toBe('you asked for /two');
    expect(sockets()).toBe(1);
  });

  it('reads answers in chunks, however they are cut', async () => {
    const parts = ['a', 'b'.repeat(70_000), 'ü', 'd'];
    const { address, sockets } = await serve((_path, response) => {
      const writeNext = (index: number): void => {
        const part = parts[index];
        if (part === undefined) return void response.end();
        response.write(part);
        setImmediate(writeNext, index + 1);
      };
      writeNext(0);
    });
    const client = clientOf(address);
    for (let time = 0; time < 2; time++) expect((await client.ask(get('/')))?.text).toBe(parts.join(''));
    expect(sockets()).toBe(1);
  });

  it('reads an answer whose every byte comes alone', async () => {
    const text = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\nRetry-After:  7 \r\n\r\nok';
    const server = createTcpServer({ noDelay: true }, (socket) => {
      socket.on('data', () => {
        const writeNext = (at: number): void => {
          if (at < text.length) socket.write(text.slice(at, at + 1), () => writeNext(at + 1));
        };
        writeNext(0);
      });
      socket.on('error', () => undefined);
    });
    servers.push(server);
    const client = clientOf(await listening(server));
    const answer = await client.ask(get('/'));
    expect(answer).toMatchObject({ status: 201, text: 'ok' });
    expect(answer?.header('retry-after')).toBe('7');
  });

  it('reads answers without a body, and long ones', async () => {
    const long = 'x'.repeat(3_000_000);
    const { address } = await serve((path, response) => {
      if (path === '/304') response.writeHead(304, { etag: '"same"' }).end();
      else if (path === '/204') response.writeHead(204).end();
      else response.setHeader('content-length', long.length).end(long);
    });
    const client = clientOf(address);
    expect(await client.ask(get('/304'))).toMatchObject({ status: 304, text: '' });
    expect(await client.ask(get('/204'))).toMatchObject({ status: 204, text: '' });
    expect((await client.ask(get('/long')))?.text.length).toBe(long.length);
    expect((await client.ask(get('/304')))?.header('etag')).toBe('"same"');
  });

  it('sends bodies whole, in any script', async () => {
    const { address } = await serve((_path, response, body) => response.end(body));
    const client = clientOf(address);
    for (const name of ['Zoe', 'Zoë 北京'])
      expect((await client.ask(wireRequest({ method: 'POST', path: '/', body: name })))?.text).toBe(name);
  });

  it('says that the connection was lost, and opens another', async () => {
    let asked = 0;
    const { address } = await serve((_path, response) => {
      asked += 1;
      if (asked === 1) response.socket?.destroy();
      else if (asked === 2) response.writeHead(200, { 'content-length': 10 }).write('half', () => response.socket?.destroy());
      else response.end('whole');
    });
    const client = clientOf(address);
    expect(await client.ask(get('/'))).toBeNull();
    expect(await client.ask(get('/'))).toBeNull();
    expect((await client.ask(get('/')))?.text).toBe('whole');
  });

  it('follows a server that closes after each answer', async () => {
    const { address, sockets } = await serve((path, response) => response.setHeader('connection', 'close').end(path));
    const client = clientOf(address);
    for (const path of ['/a', '/b', '/c']) expect((await client.ask(get(path)))?.text).toBe(path);
    expect(sockets()).toBe(3);
  });

  it('gives up what is never answered', async () => {
    const { address } = await serve(() => undefined);
    expect(await clientOf(address, 1, 10).ask(get('/'))).toBeNull();
  });

  it('says so when nobody listens', async () => {
    const { address, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await clientOf(address).ask(get('/'))).toBeNull();
  });

  it('lets requests wait for a free connection, in order, and answers all when it closes', async () => {
    const open: ServerResponse[] = [];
    const { address } = await serve((_path, response) => open.push(response));
    const client = clientOf(address, 2);
    const answers = ['/1', '/2', '/3', '/4'].map((path) => client.ask(get(path)));
    expect(client.waiting).toBe(2);
    await expect.poll(() => open.length).toBe(2);
    open[0]?.end('first');
    expect((await answers[0])?.text).toBe('first');
    await expect.poll(() => open.length).toBe(3);
    client.close();
    expect(await Promise.all(answers.slice(1))).toEqual([null, null, null]);
    expect(await client.ask(get('/5'))).toBeNull();
  });
});

describe('the closed loop', () => {
  it('keeps every connection busy, counts each answer, and makes what is lost a count of its own', async () => {
    let served = 0;
    const { address, sockets } = await serve((_path, response) => {
      served += 1;
      if (served === 50) response.socket?.destroy();
      else if (served % 10 === 0) response.writeHead(409).end('{}');
      else response.end('{}');
    });
    let left = 200;
    const seen: number[] = [];
    const result = await runClosedLoop({
      addresses: [address],
      connections: 4,
      warmUpMs: 0,
      durationMs: 20_000,
      next: () => (left-- > 0 ? get('/') : null),
      onAnswer: ({ status }) => seen.push(status),
    });
    expect(result.total).toEqual({ 200: 180, 409: 19, lost: 1 });
    expect(result.measured.statuses).toEqual(result.total);
    expect(seen.length).toBe(199);
    expect(served).toBe(200);
    expect(sockets()).toBeGreaterThanOrEqual(4);
    expect(result.measured.elapsedMs).toBeGreaterThan(0);
    expect(result.measured.elapsedMs).toBeLessThan(20_000);
  });

  it('ends when its time is over, after the answers under way', async () => {
    const { address } = await serve((_path, response) => setImmediate(() => response.end('{}')));
    let asked = 0;
    const loop = { addresses: [address], connections: 3, warmUpMs: 30, durationMs: 100, next: () => (asked++, get('/')) };
    const { total, measured } = await runClosedLoop(loop);
    expect(total).toEqual({ 200: asked });
    expect(measured.elapsedMs).toBe(100);
    expect(measured.statuses['200']).toBeLessThan(asked);
  });
});
