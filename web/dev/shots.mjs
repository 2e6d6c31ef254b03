// Takes screenshots of the wall against the mock server, to be looked at:
//   node dev/shots.mjs DIRECTORY [SITUATION…]
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [directory = 'shots', ...only] = process.argv.slice(2);
const HD = { width: 1920, height: 1080 };
const UHD = { width: 3840, height: 2160 };
const PHONE = { width: 390, height: 844 };

const SITUATIONS = {
  calm: {
    flags: ['--faulty', '0', '--incidents', '0', '--figures', 'calm'],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
    ],
  },
  usual: {
    flags: ['--faulty', '6'],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', UHD],
      ['vi-light', PHONE],
    ],
    hover: '[data-subsystem=publicservice]',
  },
  many: {
    flags: ['--faulty', '45', '--incidents', '7', '--figures', 'many'],
    views: [
      ['en-dim', UHD],
      ['vi-light', HD],
      ['vi-dim', HD],
      ['en-light', PHONE],
    ],
  },
  stale: {
    flags: ['--stale'],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
    ],
  },
  flood: {
    flags: ['--faulty', '60', '--flood', '--failing', '--figures', 'many'],
    views: [
      ['vi-light', HD],
      ['en-dim', UHD],
      ['vi-light', PHONE],
    ],
  },
  failing: {
    flags: ['--failing'],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
    ],
  },
  past: {
    flags: ['--faulty', '12'],
    query: '&replay=2026-11-20T08:15:03%2B07:00&to=2026-11-20T09:15:03%2B07:00&speed=10',
    ready: '[data-banner=past]',
    views: [
      ['vi-light', HD],
      ['en-dim', UHD],
      ['vi-light', PHONE],
    ],
  },
  desk: {
    flags: ['--faulty', '14'],
    path: '/desk',
    ready: '[data-alarm]',
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', PHONE],
    ],
  },
  'desk-one': {
    flags: ['--faulty', '14'],
    path: '/desk',
    ready: '[data-alarm]',
    operator: 'Nguyễn Thị Hoa',
    click: ['[data-alarm] button'],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', PHONE],
    ],
  },
  'desk-ask': {
    flags: ['--faulty', '14'],
    path: '/desk',
    ready: '[data-alarm]',
    operator: 'Nguyễn Thị Hoa',
    click: ['[data-alarm] button', '[data-deed=shelve]'],
    views: [
      ['vi-light', HD],
      ['en-dim', PHONE],
    ],
  },
  'desk-who': {
    flags: [],
    path: '/desk',
    ready: '[data-alarm]',
    click: ['[data-alarm] button', '[data-deed=acknowledge]'],
    views: [['vi-light', HD]],
  },
  'desk-flood': {
    flags: ['--faulty', '60', '--flood', '--failing'],
    path: '/desk',
    ready: '[data-group]',
    views: [
      ['vi-light', HD],
      ['en-dim', PHONE],
    ],
  },
  'desk-calm': {
    flags: ['--faulty', '0', '--incidents', '0', '--figures', 'calm'],
    path: '/desk',
    views: [['vi-light', HD]],
  },
  maintenance: {
    flags: [],
    path: '/desk',
    hash: '#maintenance',
    ready: '[data-window]',
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', PHONE],
    ],
  },
  'maintenance-mute': {
    flags: [],
    path: '/desk',
    hash: '#maintenance',
    ready: '[data-window]',
    click: ['[data-form=mute]'],
    views: [['vi-light', PHONE]],
  },
  reports: {
    flags: [],
    path: '/reports',
    ready: '[data-job]',
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', PHONE],
    ],
  },
  picker: {
    flags: [],
    click: '[data-switch=past]',
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
    ],
  },
  blind: { flags: ['--ingest', 'blind'], views: [['vi-light', HD]] },
  lost: {
    flags: [],
    views: [
      ['vi-light', HD],
      ['en-dim', HD],
      ['vi-light', PHONE],
    ],
    cut: true,
  },
  far: { flags: [], query: '&height_mm=2000&distance_m=5.5', views: [['vi-light', HD]] },
  large: { flags: ['--copies', '3'], views: [['vi-light', HD]] },
  huge: { flags: ['--copies', '50'], views: [['vi-light', HD]] },
};

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let port = 18_090;
await mkdir(directory, { recursive: true });
for (const [name, situation] of Object.entries(SITUATIONS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  await shoot(name, situation, ++port);
}

async function shoot(name, { flags, views, ...more }, port) {
  const mock = spawn(process.execPath, ['dev/mock.mjs', '--port', String(port), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => mock.stdout.once('data', resolve));
  try {
    for (const [look, size] of views) await page(name, look, size, { port, ...more });
  } finally {
    mock.kill();
  }
}

async function page(
  name,
  look,
  viewport,
  { port, hover, click, cut, operator, path = '/', hash = '', ready = '[data-freshness=live]', query = '' },
) {
  const profile = await mkdtemp(join(tmpdir(), 'wall-'));
  const [language, theme] = look.split('-');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: FLAGS,
    viewport,
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && console.log('console:', message.text()));
    page.on('pageerror', (error) => console.log('page:', error.message));
    const address = `http://127.0.0.1:${port}`;
    if (operator) await page.addInitScript((name) => localStorage.setItem('opscenter.operator', name), operator);
    await page.goto(`${address}${path}?language=${language}&theme=${theme}&screen=wall-1${query}${hash}`);
    if (cut) {
      await fetch(`${address}/mock/cut?seconds=6`, { method: 'POST' });
      await page.waitForSelector('[data-banner=lost]');
    } else if (name !== 'blind') {
      await page.waitForSelector(ready);
    }
    await page.waitForTimeout(1500);
    for (const selector of [click ?? []].flat()) {
      await page.click(selector);
      await page.waitForTimeout(500);
    }
    const file = (suffix) => join(directory, `${name}-${look}-${viewport.width}${suffix}.png`);
    await page.screenshot({ path: file(''), fullPage: viewport.width < 1000 });
    if (hover && viewport.width === 1920) {
      await page.hover(hover);
      await page.screenshot({ path: file('-tip') });
    }
    console.log(file(''));
  } finally {
    await context.close();
    await rm(profile, { recursive: true });
  }
}
