import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HD, openScreen, PHONE, untilLive, type Screen } from './browser';
import { centerURL, publishHealth, WELL } from './center';

// The camera's alarm waits for its delay before people are told of it.
const RAISED = { timeout: 120_000 };
const MINE = '[data-alarm]';

describe('an alarm', { timeout: 240_000 }, () => {
  let wall: Screen;
  let desk: Screen;
  const origin = centerURL().origin;

  beforeEach(async () => {
    await publishHealth(WELL);
    [wall, desk] = await Promise.all([openScreen(), openScreen()]);
    await wall.page.goto(`${origin}/?screen=e2e&language=vi&theme=light`);
    await desk.page.goto(`${origin}/desk?language=vi&theme=light`);
    await Promise.all([untilLive(wall.page), untilLive(desk.page)]);
  });

  afterEach(async () => {
    await publishHealth(WELL);
    await Promise.all([wall.close(), desk.close()]);
  });

  it('comes to the wall and the desk, goes quiet when it is acknowledged, and leaves both when it is over', async () => {
    await publishHealth({ ...WELL, image: 'obscured' });
    const onWall = wall.page.locator(`.alarms ${MINE}`, { hasText: 'Ống kính bị che' });
    await onWall.waitFor(RAISED);
    expect(await onWall.getAttribute('data-calls')).toBe('true');
    expect(await onWall.locator('.ring').count()).toBe(1);
    const onDesk = desk.page.locator(MINE, { hasText: 'Ống kính bị che' });
    await onDesk.waitFor();

    await onDesk.locator('button').click();
    await desk.page.keyboard.press('a');
    await desk.page.fill('[name=operator]', 'Nguyễn Thị Hoa');
    await desk.page.keyboard.press('Enter');
    await desk.page.fill('[data-dialog=acknowledge] [name=reason]', 'Đã báo đội bảo trì');
    await desk.page.click('[data-dialog=acknowledge] [type=submit]');
    await desk.page.waitForSelector('[data-dialog]', { state: 'detached' });

    await expect.poll(() => onWall.getAttribute('data-calls')).toBe('false');
    expect(await onWall.locator('.ring').count()).toBe(0);
    const step = desk.page.locator('[data-step=acknowledged]').first();
    await step.waitFor();
    expect(await step.textContent()).toMatch(/Nguyễn Thị Hoa.*Đã báo đội bảo trì/s);

    const id = (await onDesk.getAttribute('data-alarm')) ?? '';
    await publishHealth(WELL);
    await onWall.waitFor({ state: 'detached', ...RAISED });
    await onDesk.waitFor({ state: 'detached' });

    // A message about it links to it, also when it is long over.
    await desk.page.goto(`${origin}/desk?alarm=${id}`);
    await desk.page.waitForSelector(`[data-details="${id}"] [data-step=closed]`);
    expect([...wall.errors, ...desk.errors]).toEqual([]);
  });

  it('can be assigned, commented and shelved, and comes back', async () => {
    const { page } = desk;
    await page.evaluate(() => localStorage.setItem('opscenter.operator', 'Trần Văn Minh'));
    await page.reload();
    await untilLive(page);
    await publishHealth({ ...WELL, recording: false });
    const line = page.locator(MINE, { hasText: 'Không ghi hình' });
    await line.waitFor(RAISED);
    await page.fill('[data-filter=text]', 'den hung');
    await line.waitFor({ state: 'detached' });
    await page.fill('[data-filter=text]', 'khong ghi quang truong');
    await line.locator('button').click();

    await page.click('[data-deed=assign]');
    await page.fill('[name=assignee]', 'Lê Quang Huy');
    await page.click('[data-dialog=assign] [type=submit]');
    await line.locator('.person', { hasText: 'LH' }).waitFor();

    await page.click('[data-deed=shelve]');
    await page.click('[data-dialog=shelve] [data-minutes="30"]');
    await page.fill('[data-dialog=shelve] [name=reason]', 'Chờ thay ổ đĩa');
    await page.click('[data-dialog=shelve] [type=submit]');
    await line.waitFor({ state: 'detached' });
    await wall.page.locator('.alarms .foot', { hasText: '1 tạm gác' }).waitFor();

    await page.click('[data-deed=unshelve]');
    await page.click('[data-dialog=unshelve] [type=submit]');
    await line.waitFor();
    expect(await page.locator('[data-step=shelved]').textContent()).toContain('Chờ thay ổ đĩa');
  });
});

describe('the desk', () => {
  let screen: Screen;
  const origin = centerURL().origin;

  beforeEach(async () => {
    screen = await openScreen();
    await screen.page.goto(`${origin}/desk?language=vi&theme=light`);
    await screen.page.evaluate(() => localStorage.setItem('opscenter.operator', 'Trần Văn Minh'));
    await screen.page.goto(`${origin}/desk?language=vi&theme=light#maintenance`);
    await screen.page.reload();
    await untilLive(screen.page);
  });

  afterEach(() => screen.close());

  it('mutes a device for a while from a phone, and takes that back', async () => {
    const { page } = screen;
    await page.setViewportSize(PHONE);
    await page.click('[data-form=mute]');
    await page.fill('[name=device]', 'cam-001');
    await page.click('[data-device=cam-001]');
    await page.click('[data-minutes="60"]');
    await page.fill('form [name=reason]', 'Lau ống kính');
    await page.click('[data-action=plan]');
    const window = page.locator('[data-phase=active]', { hasText: 'cam-001' });
    await window.waitFor();
    expect(await window.textContent()).toContain('Lau ống kính');

    await window.locator('[data-deed=cancel]').click();
    await page.fill('[data-dialog=cancel] [name=reason]', 'Xong việc');
    await page.click('[data-dialog=cancel] [type=submit]');
    await window.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it('plans maintenance that comes again, and says so in plain words', async () => {
    const { page } = screen;
    await page.setViewportSize(HD);
    await page.click('[data-scope=location]');
    await page.selectOption('form select', 'loc-001');
    await page.selectOption('[name=every]', 'week');
    await page.click('[data-day=TU]');
    await page.fill('form [name=reason]', 'Vệ sinh định kỳ');
    await page.fill('[type=datetime-local]', '2099-01-06T08:00');
    await page.click('[data-action=plan]');
    const window = page.locator('[data-phase=upcoming]', { hasText: 'thứ ba hằng tuần' });
    await window.waitFor();
    await window.locator('[data-deed=cancel]').click();
    await page.fill('[data-dialog=cancel] [name=reason]', 'Thử');
    await page.click('[data-dialog=cancel] [type=submit]');
    await window.waitFor({ state: 'detached' });
    expect(screen.errors).toEqual([]);
  });
});
