import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const HD = { width: 1920, height: 1080 };
export const UHD = { width: 3840, height: 2160 };
export const PHONE = { width: 390, height: 844 };

export interface Screen {
  page: Page;
  context: BrowserContext;
  /** Every address that the page asked for. */
  requests: string[];
  /** Errors of the page and of its console. */
  errors: string[];
  close: () => Promise<void>;
}

/** Opens a screen in a browser of its own. Its clock is set to a zone far from the center's. */
export async function openScreen(viewport = HD): Promise<Screen> {
  const executablePath = process.env['CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error(`no browser: none of ${BROWSERS.join(', ')}; or set CHROMIUM`);
  const profile = await mkdtemp(join(tmpdir(), 'opscenter-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: FLAGS,
    viewport,
    timezoneId: 'America/New_York',
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { page, context, requests, errors, close };
}

/** Waits until the wall says that it is live. */
export async function untilLive(page: Page): Promise<void> {
  await page.waitForSelector('.page[data-freshness=live]', { timeout: 30_000 });
}

/** How many pixels of an element on the screen have the red of what is critical. */
export async function redPixels(screen: Screen, selector: string): Promise<number> {
  const box = await screen.page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not on the screen`);
  const png = await screen.page.screenshot({ clip: box });
  const reader = await screen.context.newPage();
  try {
    return await reader.evaluate(countRed, `data:image/png;base64,${png.toString('base64')}`);
  } finally {
    await reader.close();
  }
}

// Runs in a page of its own.
async function countRed(address: string): Promise<number> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let red = 0;
  for (let i = 0; i < data.length; i += 4) {
    if ((data[i] ?? 0) > 150 && (data[i + 1] ?? 255) < 70 && (data[i + 2] ?? 255) < 80) red++;
  }
  return red;
}
