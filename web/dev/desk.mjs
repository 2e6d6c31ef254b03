// The HTTP interface of the mock center: alarms, maintenance, figures and reports.
import { JOBS, REPORTS } from './reports.mjs';

const iso = (ms) => new Date(ms).toISOString();
const answered = new Map(); // answers by Idempotency-Key

/** Answers a request under /api/v1, or returns false. say tells the walls which keys changed. */
export async function desk(request, url, response, { alarms, city, say, fail }) {
  const path = url.pathname.slice('/api/v1'.length);
  const body = await bodyOf(request);
  const reply = (status, value) => {
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(value === undefined ? '' : JSON.stringify(value));
    return true;
  };
  const problem = (status, detail) => reply(status, { title: 'problem', status, detail });
  const list = (items) => reply(200, { items, total: items.length });
  const changed = (keys) => say([...keys, ...alarms.count()]);

  const key = request.headers['idempotency-key'];
  if (request.method === 'POST') {
    if (!key) return problem(422, 'the mock wants an Idempotency-Key');
    if (answered.has(key)) return reply(200, answered.get(key));
    if (fail()) return problem(503, 'the log is stalled: nothing can be written');
    if (!body.actor && !path.startsWith('/reports')) return problem(422, 'actor: nobody says who does this');
  }
  const done = (status, value) => {
    answered.set(key, value);
    return reply(status, value);
  };

  const action = /^\/alarms\/([^/]+)\/(\w+)$/.exec(path);
  if (action && request.method === 'POST') {
    const alarm = alarms.act(action[1], action[2], body);
    if (!alarm) return problem(404, `there is no alarm ${action[1]} on the list`);
    changed([`alarm/${action[1]}`]);
    return done(200, { outcome: 'done', alarm });
  }
  if (path === '/alarms/acknowledge') {
    const items = body.alarms.map((id) => ({
      alarm: id,
      outcome: alarms.act(id, 'acknowledge', body) ? 'done' : 'no_such',
    }));
    changed(body.alarms.map((id) => `alarm/${id}`));
    return done(200, { done: items.length, remaining: 0, items });
  }
  if (path === '/alarms/figures') return reply(200, figures(alarms));
  if (path === '/alarms') return list(closed(alarms));
  const one = /^\/alarms\/([^/]+)$/.exec(path);
  if (one) {
    const story = alarms.story(one[1]);
    if (!story) return problem(404, `there is no alarm ${one[1]}`);
    return reply(200, { ...city.entities.get(`alarm/${one[1]}`), transitions: story.length, history: story });
  }
  if (path === '/maintenance' && request.method === 'GET') return list([...alarms.windows.values()]);
  const mute = /^\/devices\/([^/]+)\/mute$/.exec(path);
  if ((path === '/maintenance' && request.method === 'POST') || mute) {
    const id = `w${alarms.windows.size + 10}`;
    const start = body.start ?? iso(Date.now());
    const end = body.end ?? iso(Date.parse(start) + body.minutes * 60_000);
    const window = { ...body, id, start, end, ...(mute && { device: mute[1], mute: true, active: true }) };
    if (Date.parse(start) > Date.now()) window.next = start;
    else window.active = true;
    alarms.windows.set(id, window);
    city.entities.set(`window/${id}`, window);
    changed([`window/${id}`]);
    return done(201, window);
  }
  const cancel = /^\/maintenance\/([^/]+)$/.exec(path);
  if (cancel && request.method === 'DELETE') {
    alarms.windows.set(cancel[1], { ...alarms.windows.get(cancel[1]), active: false, cancelled_at: iso(Date.now()) });
    city.entities.delete(`window/${cancel[1]}`);
    changed([`window/${cancel[1]}`]);
    return reply(204);
  }
  if (path === '/devices') {
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    const devices = city.keys('device/').map((k) => city.entities.get(k));
    return list(devices.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(q)).slice(0, 20));
  }
  if (path === '/reports') return list(REPORTS);
  if (path === '/reports/jobs' && request.method === 'GET') return list([...JOBS.values()].reverse());
  if (path === '/reports/jobs') {
    const job = {
      id: `j${JOBS.size + 1}`,
      state: 'running',
      progress: 0.02,
      doing: { vi: 'Đọc dữ liệu', en: 'Reads' },
      created_at: iso(Date.now()),
      ...body,
    };
    JOBS.set(job.id, job);
    const timer = setInterval(() => {
      const now = JOBS.get(job.id);
      if (now?.state !== 'running') return clearInterval(timer);
      const progress = Math.min(1, now.progress + 0.04);
      const result = progress === 1 && { result: { href: `${url.pathname}/${job.id}/result` } };
      JOBS.set(job.id, { ...now, progress, state: progress < 1 ? 'running' : 'done', ...result });
    }, 300);
    return done(202, job);
  }
  const job = /^\/reports\/jobs\/([^/]+)$/.exec(path);
  if (job && request.method === 'DELETE') {
    const now = JOBS.get(job[1]);
    if (now?.state === 'running') JOBS.set(job[1], { ...now, state: 'cancelled' });
    else JOBS.delete(job[1]);
    return reply(204);
  }
  if (job) return reply(200, JOBS.get(job[1]));
  return false;
}

function closed(alarms) {
  return alarms.all().map((alarm, i) => ({
    ...alarm,
    id: `old-${alarm.id}`,
    state: 'cleared',
    acknowledged: true,
    shelved_until: undefined,
    out_of_service: false,
    closed_at: iso(Date.now() - (i + 1) * 3_000_000),
    cleared_at: iso(Date.now() - (i + 1) * 3_100_000),
  }));
}

function figures(alarms) {
  const bucket = 600_000;
  const to = Math.floor(Date.now() / bucket) * bucket;
  const buckets = Array.from({ length: 144 }, (_, i) => {
    const calm = Math.round(1.2 + 1.2 * Math.sin(i / 9) + (i % 7 === 0 ? 2 : 0));
    const peak = i > 96 && i < 104 ? 9 + 3 * (i % 4) : 0;
    const now = alarms.flood && i > 141 ? 143 : 0;
    return { at: iso(to - (144 - i) * bucket), raised: calm + peak + now, flood: calm + peak + now > 10 };
  });
  return {
    from: iso(to - 86_400_000),
    to: iso(to),
    operators: 1,
    raised: 274,
    per_ten_minutes_mean: 1.9,
    per_ten_minutes_most: 18,
    floods: 1,
    flood_share: 0.049,
    chattering: [],
    standing: alarms.all().filter((alarm) => Date.parse(alarm.raised_at) < Date.now() - 5e6).length,
    acknowledge: { count: 41, mean_s: 412, median_s: 188 },
    clear: { count: 37, mean_s: 3804, median_s: 1650 },
    worst: alarms
      .all()
      .slice(0, 10)
      .map(({ key, title }, i) => ({ key, title, count: 23 - 2 * i })),
    buckets,
  };
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body === '' ? {} : JSON.parse(body);
}
