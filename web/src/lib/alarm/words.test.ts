import { describe, expect, it } from 'vitest';
import { Words } from '../i18n/words.svelte';
import { asAlarm } from './alarm';
import { alarmWords } from './words';

const known = { location: 'Ngã tư Tỉnh ủy', subsystem: 'Giao thông' };
const say = (fields: object) => alarmWords(asAlarm('a', fields), new Words(), known);

describe('an alarm in two lines', () => {
  it('tells what by the wall’s own word, and where by the title', () => {
    const title = { vi: 'Mất kết nối, 12 thiết bị: Đền Hùng', en: 'Offline, 12 devices: Đền Hùng' };
    expect(say({ reason: 'offline', title })).toEqual({ what: 'Mất kết nối', where: 'Đền Hùng' });
  });

  it('knows the words of incidents', () => {
    expect(say({ reason: 'incident.accident', title: { vi: 'Tai nạn: Đền Hùng' } }).what).toBe('Tai nạn');
  });

  it('takes the title for what has no word, and a readable code for what has no title either', () => {
    expect(say({ reason: 'below_limit', title: { vi: 'Chỗ trống dưới ngưỡng: Bãi xe' } }).what).toBe(
      'Chỗ trống dưới ngưỡng',
    );
    expect(say({ reason: 'tilted', title: { vi: 'Cột nghiêng: Đền Hùng' } }).what).toBe('Cột nghiêng');
    expect(say({ reason: 'lens_stolen' })).toEqual({ what: 'lens stolen', where: 'Ngã tư Tỉnh ủy' });
  });
});
