import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScreen, untilLive, type Screen } from './browser';
import { centerURL, publishHealth, WELL } from './center';

const PAST = '[data-banner=past]';
const PLAYING = '.page[data-freshness=replay]';

describe('the past', { timeout: 120_000 }, () => {
  let screen: Screen;
  const origin = centerURL().origin;

  const civic = (ms: number) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 19);

  beforeEach(async () => {
    await publishHealth(WELL);
    screen = await openScreen();
  });

  afterEach(() => screen.close());

  it('is played as it was, says that it is the past, and is one click from the present', async () => {
    const { page } = screen;
    await page.goto(`${origin}/?language=vi&theme=light`);
    await untilLive(page);
    await publishHealth({ ...WELL, stream: 'no_signal' });
    await page.waitForSelector('g[data-device="cam-001"][data-status=critical]');
    const broken = Date.now();
    await page.waitForTimeout(4000);
    await publishHealth(WELL);
    await page.waitForSelector('g[data-device="cam-001"][data-status=ok]');
    await page.waitForTimeout(3000);

    await page.goto(`${origin}/?replay=${civic(broken + 1000)}&to=${civic(Date.now())}&speed=1`);
    await page.waitForSelector(PLAYING, { timeout: 30_000 });
    await page.waitForSelector('g[data-device="cam-001"][data-status=critical]');
    expect(await page.textContent(PAST)).toContain('ĐÂY LÀ QUÁ KHỨ');
    expect(await page.getAttribute('html', 'data-time')).toBe('past');
    const width = await page.locator(PAST).evaluate((banner) => banner.getBoundingClientRect().width / innerWidth);
    expect(width).toBeGreaterThan(0.95);

    await page.click('[data-action=pause]');
    const shown = await page.textContent(`${PAST} time`);
    await page.waitForTimeout(2500);
    expect(await page.textContent(`${PAST} time`)).toBe(shown);
    await page.click('[data-speed="10"]');
    await page.waitForSelector('.page[data-freshness=replay_ended]', { timeout: 30_000 });
    await page.waitForSelector('g[data-device="cam-001"][data-status=ok]');

    await page.click('[data-action=live]');
    await untilLive(page);
    expect(await page.locator(PAST).count()).toBe(0);
    expect(await page.getAttribute('html', 'data-time')).toBe('present');
    expect(screen.errors).toEqual([]);
  });

  it('says why, where the center does not play it', async () => {
    const { page } = screen;
    await page.goto(`${origin}/?replay=2020-01-01T00:00:00&language=vi`);
    await page.waitForSelector('.page[data-freshness=lost]');
    await page.getByText('Trung tâm không phát được').waitFor();
    expect(await page.textContent(PAST)).toMatch(/lưu trữ có từ .*, \d+\/\d+\/\d{4} \d\d:\d\d:\d\d/);
    expect(await page.locator('[data-banner=lost]').count()).toBe(0);
    await page.click('[data-action=begin]');
    await page.waitForSelector(PLAYING);
  });
});
