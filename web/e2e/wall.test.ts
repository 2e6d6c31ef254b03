import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HD, openScreen, PHONE, redPixels, UHD, untilLive, type Screen } from './browser';
import { centerURL, publishHealth, publishIndicator, publishManifest, WELL } from './center';
import { Wire } from './wire';

const CELL = 'g[data-device="cam-001"]';
const LOST = '[data-banner=lost]';

describe('the wall', () => {
  let screen: Screen;
  let wire: Wire;

  beforeEach(async () => {
    await publishHealth(WELL);
    wire = await Wire.to(centerURL());
    screen = await openScreen();
    await screen.page.goto(`${wire.origin}/?screen=e2e&language=vi&theme=light`);
    await untilLive(screen.page);
    await screen.page.waitForSelector(`${CELL}[data-status=ok]`);
  });

  afterEach(async () => {
    await screen.close();
    await wire.close();
  });

  it('paints a camera red when it says over MQTT that it has no picture, and grey again', async () => {
    expect(await redPixels(screen, CELL)).toBe(0);
    await publishHealth({ ...WELL, stream: 'no_signal' });
    await expect.poll(() => redPixels(screen, CELL), { timeout: 10_000 }).toBeGreaterThan(50);
    expect(await screen.page.getAttribute(CELL, 'aria-label')).toContain('Không có luồng hình');
    await screen.page.waitForSelector('li[data-location="loc-001"][data-status=critical]');
    await publishHealth(WELL);
    await expect.poll(() => redPixels(screen, CELL), { timeout: 10_000 }).toBe(0);
  });

  it('shows a figure that a system tells over MQTT, and the parts that it is made of', async () => {
    const { page } = screen;
    const tile = '[data-subsystem=health]';
    await publishIndicator({ indicator: 'bed_occupancy_ratio', numerator: 4357, denominator: 3890 });
    const figure = page.locator(`${tile} [data-figure=bed_occupancy_ratio]`);
    await expect.poll(() => figure.textContent(), { timeout: 10_000 }).toMatch(/112\s*%.*Hôm nay.*giường bệnh/s);
    await page.waitForSelector(`${tile}[data-status=critical]`);
    await page.hover(tile);
    expect(await page.textContent('[role=tooltip]')).toContain('4.357 / 3.890');
    await publishIndicator({ indicator: 'bed_occupancy_ratio', numerator: 3112, denominator: 3890, revision: 1 });
    await page.waitForSelector(`${tile}:not([data-status=critical])`);
    await expect.poll(() => figure.textContent()).toMatch(/80\s*%/);
  });

  it('gives a subsystem that is declared at run time a tile with names, and takes it away', async () => {
    const { page } = screen;
    const tile = page.locator('[data-subsystem=parking]');
    await page.evaluate(() => (document.body.dataset['loaded'] = 'once'));
    await publishManifest('parking', {
      names: { vi: 'Bãi đỗ xe', en: 'Car parks' },
      cadence_s: 600,
      indicators: [
        { code: 'taken_ratio', names: { vi: 'Tỷ lệ chỗ đã có xe', en: 'Taken' }, unit: '%', period: 'day', scale: 100 },
      ],
    });
    await expect
      .poll(async () => (await tile.allTextContents()).join(), { timeout: 10_000 })
      .toMatch(/Bãi đỗ xe.*Chỗ đã có xe/s);
    await publishManifest('parking');
    await expect.poll(() => tile.count(), { timeout: 10_000 }).toBe(0);
    expect(await page.evaluate(() => document.body.dataset['loaded'])).toBe('once');
  });

  it('says that the link is lost, keeps the last values dimmed, and catches up', async () => {
    const { page } = screen;
    const cells = await page.locator('g[data-device]').count();
    wire.cut();
    await page.waitForSelector(LOST, { timeout: 10_000 });
    expect(await page.locator('g[data-device]').count()).toBe(cells);
    const opacity = await page.locator('main').evaluate((main) => getComputedStyle(main).opacity);
    expect(Number(opacity)).toBeLessThan(0.7);
    const width = await page.locator(LOST).evaluate((banner) => banner.getBoundingClientRect().width);
    expect(width).toBeGreaterThan(0.95 * HD.width);

    await publishHealth({ ...WELL, recording: false });
    expect(await page.getAttribute(CELL, 'data-status')).toBe('ok');
    wire.mend();
    await untilLive(page);
    await page.waitForSelector(`${CELL}[data-status=critical]`);
    expect(await page.locator(LOST).count()).toBe(0);
    expect(await page.textContent('.pulse')).toMatch(/đã nối lại/);
  });

  it('notices a link that is dead and does not close, within fifteen seconds', async () => {
    const { page } = screen;
    wire.silence();
    const since = Date.now();
    await page.waitForSelector(LOST, { timeout: 20_000 });
    expect(Date.now() - since).toBeLessThan(15_500);
    const elapsed = () => page.textContent(`${LOST} .elapsed`);
    const first = await elapsed();
    await expect.poll(elapsed).not.toBe(first);
    wire.mend();
    await untilLive(page);
  });

  it('changes its language, and remembers it', async () => {
    const { page } = screen;
    expect(await page.textContent('[data-count=critical]')).toContain('Nghiêm trọng');
    await page.click('[data-switch=language]');
    expect(await page.textContent('[data-count=critical]')).toContain('Critical');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.goto(`${wire.origin}/`);
    await untilLive(page);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });

  it('changes its theme', async () => {
    const { page } = screen;
    await page.click('[data-switch=theme]');
    expect(await page.getAttribute('html', 'data-theme')).toBe('dim');
  });

  it('shows the time of the center, whatever the zone of the screen', async () => {
    const shown = await screen.page.textContent('header time');
    const [h = 0, m = 0, s = 0] = (shown ?? '').split(':').map(Number);
    const civic = (Date.now() / 1000 + 7 * 3600) % 86_400;
    const difference = Math.abs(civic - (h * 3600 + m * 60 + s));
    expect(Math.min(difference, 86_400 - difference)).toBeLessThan(3);
  });

  it('tells about a camera under the pointer, and at the focus', async () => {
    const { page } = screen;
    await page.hover(CELL);
    expect(await page.textContent('[role=tooltip]')).toContain('cam-001');
    await page.mouse.move(2, 2);
    await page.waitForSelector('[role=tooltip]', { state: 'detached' });
    await page.focus(CELL);
    expect(await page.textContent('[role=tooltip]')).toContain('cam-001');
  });

  it('asks nobody but the center for anything, and has nothing to complain of', async () => {
    await screen.page.waitForTimeout(6_000); // a heartbeat and a report
    const strangers = screen.requests.filter((url) => new URL(url).host !== new URL(wire.origin).host);
    expect(screen.requests.length).toBeGreaterThan(3);
    expect(strangers).toEqual([]);
    expect(screen.errors).toEqual([]);
  });

  it.each([
    ['a wall of 1920 by 1080', HD],
    ['a wall of 3840 by 2160', UHD],
  ])('fits %s without scrolling, in both languages', async (_, size) => {
    const { page } = screen;
    await page.setViewportSize(size);
    for (const language of ['vi', 'en']) {
      await page.waitForSelector(`html[lang=${language}]`);
      const beyond = await page.evaluate(
        () =>
          [...document.querySelectorAll('main > *, main li, header > *, .cameras svg, .map svg')]
            .map((element) => element.getBoundingClientRect())
            .filter((box) => box.right > innerWidth + 1 || box.bottom > innerHeight + 1).length,
      );
      expect(beyond).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
      if (language === 'vi') await page.click('[data-switch=language]');
    }
  });

  it('is one column on a phone that scrolls down and never sideways', async () => {
    const { page } = screen;
    await page.setViewportSize(PHONE);
    await page.waitForSelector('html[data-layout=stack]');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.scrollHeight > innerHeight)).toBe(true);
  });
});
