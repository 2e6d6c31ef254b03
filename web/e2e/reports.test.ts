import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScreen, untilLive, type Screen } from './browser';
import { centerURL } from './center';

describe('the page of reports', () => {
  let screen: Screen;
  const origin = centerURL().origin;

  beforeEach(async () => {
    screen = await openScreen();
    await screen.page.goto(`${origin}/reports?language=vi&theme=light`);
    await untilLive(screen.page);
    await screen.page.click('[data-report=availability]');
    await screen.page.click('[data-preset=yesterday]');
  });

  afterEach(() => screen.close());

  it('opens a page to be printed in a new tab, in the language that was chosen', async () => {
    const [print] = await Promise.all([screen.context.waitForEvent('page'), screen.page.click('[data-action=open]')]);
    await print.waitForLoadState();
    expect(await print.title()).toContain('Độ sẵn sàng');
    expect(await print.getAttribute('html', 'lang')).toBe('vi');
  });

  it('has a report made in the background, and finds it again', async () => {
    const { page } = screen;
    await page.click('[data-format=csv]');
    await page.click('[data-action=order]');
    const job = page.locator('[data-job][data-state=done]').first();
    await job.waitFor({ timeout: 30_000 });
    const href = await job.locator('a').getAttribute('href');
    expect((await page.request.get(`${origin}${href ?? ''}`)).ok()).toBe(true);
    await job.locator('[data-action=remove]').click();
    await job.waitFor({ state: 'detached' });
    expect(screen.errors).toEqual([]);
  });
});
