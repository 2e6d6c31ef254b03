// A stand-in for the center while working on the wall: serves dist and a made-up city over the
// WebSocket protocol. Its address is http://127.0.0.1:PORT/?… and it reads from its command line
//   --port 8090 --faulty 6 --incidents 3 --stale --copies 1 --figures usual --ingest live --flood --failing
// POST /mock/cut drops every connection and refuses new ones for ?seconds=; POST /mock/hang goes
// silent; POST /mock/break?device=cam-001 breaks a camera; POST /mock/retire?subsystem=parking retires a
// subsystem; POST /mock/refuse?n=1 lets the next actions fail.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { Alarms } from './alarms.mjs';
import { MockCity } from './city.mjs';
import { desk } from './desk.mjs';
import { replay } from './replay.mjs';
import { legend } from './subsystems.mjs';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    faulty: { type: 'string', default: '6' },
    incidents: { type: 'string', default: '3' },
    copies: { type: 'string', default: '1' },
    figures: { type: 'string', default: 'usual' },
    ingest: { type: 'string', default: 'live' },
    stale: { type: 'boolean', default: false },
    flood: { type: 'boolean', default: false },
    failing: { type: 'boolean', default: false },
  },
});

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const city = new MockCity({
  faulty: Number(flags.faulty),
  incidents: Number(flags.incidents),
  copies: Number(flags.copies),
  stale: flags.stale,
  figures: flags.figures,
});
const alarms = new Alarms(city, { flood: flags.flood });
const failing = { state: 'failing', since: new Date(Date.now() - 734_000).toISOString(), queued: 4 };
city.entities.set('system', {
  ingest: flags.ingest,
  since: '2026-11-20T08:00:00+07:00',
  channels: [
    { name: 'email-ca-truc', state: 'ok', queued: 0, ...(flags.failing && { ...failing, error: 'dial tcp: timeout' }) },
    { name: 'webhook', state: 'ok', queued: 0 },
  ],
});
let refusals = 0;
const epoch = 'mock';
let seq = 1;
let closedUntil = 0;
let silent = false;
const history = [];

const sockets = new WebSocketServer({ noServer: true });
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (url.pathname.startsWith('/mock/')) return void control(url, response);
  if (url.pathname === '/api/v1/legend') return void response.end(JSON.stringify(legend()));
  const world = { alarms, city, say: send, fail: () => refusals > 0 && refusals-- > 0 };
  if (url.pathname.startsWith('/api/v1/') && (await desk(request, url, response, world))) return;
  const path = extname(url.pathname) === '' ? '/index.html' : url.pathname;
  try {
    const body = await readFile(new URL(`../dist${path}`, import.meta.url));
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});

function control(url, response) {
  if (url.pathname === '/mock/cut') {
    closedUntil = Date.now() + 1000 * Number(url.searchParams.get('seconds') ?? 10);
    sockets.clients.forEach((client) => client.terminate());
  }
  if (url.pathname === '/mock/hang') silent = true;
  if (url.pathname === '/mock/break') {
    const key = `device/${url.searchParams.get('device')}`;
    city.fault(key, 0);
    city.count();
    const alarm = alarms.raise(city.entities.get(key));
    send([key, `alarm/${alarm}`, ...alarms.count()]);
  }
  if (url.pathname === '/mock/refuse') refusals = Number(url.searchParams.get('n') ?? 1);
  if (url.pathname === '/mock/retire') {
    const key = `subsystem/${url.searchParams.get('subsystem')}`;
    city.entities.delete(key);
    send([key]);
  }
  response.end('ok\n');
}

server.on('upgrade', (request, socket, head) => {
  if (Date.now() < closedUntil) return socket.destroy();
  if (request.url.startsWith('/api/v1/replay')) {
    return sockets.handleUpgrade(request, socket, head, (client) => replay(client, request.url, city));
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('message', (data) => receive(client, JSON.parse(data)));
    beat(client);
  });
});

function receive(client, frame) {
  if (frame.op === 'report') return console.log('report', JSON.stringify(frame));
  if (frame.op !== 'subscribe') return;
  client.id = frame.id;
  const from = frame.resume;
  if (from?.epoch === epoch && from.seq <= seq) {
    const keys = new Set(history.slice(from.seq - 1).flat());
    return reply(client, { op: 'resumed', id: frame.id, epoch, seq, missed: seq - from.seq, changes: changes(keys) });
  }
  reply(client, { op: 'snapshot', id: frame.id, epoch, seq, entities: Object.fromEntries(city.entities) });
}

function changes(keys) {
  return [...keys].map((key) => ({ key, value: city.entities.get(key) ?? null }));
}

function reply(client, frame) {
  if (!silent) client.send(JSON.stringify(frame));
}

function send(keys) {
  history.push(keys);
  seq++;
  for (const client of sockets.clients) {
    if (client.id) reply(client, { op: 'changes', id: client.id, seq, changes: changes(keys) });
  }
}

function beat(client) {
  const time = new Date(Date.now() + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
  const seqs = client.id ? { [client.id]: seq } : {};
  reply(client, {
    op: 'heartbeat',
    time,
    ingest: flags.ingest,
    data_age_ms: flags.ingest === 'live' ? 420 : 95_000,
    seqs,
  });
}

if (!flags.stale) setInterval(() => send(city.breathe()), 200);
setInterval(() => sockets.clients.forEach(beat), 5000);
server.listen(Number(flags.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${flags.port}/`));
