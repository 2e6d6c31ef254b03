import { expect, it } from 'vitest';
import { dayOf, fromLocal, momentOf, toLocal, toRFC3339 } from './local';

const moment = Date.parse('2026-11-20T08:15:03+07:00');

it('reads and writes civic time, whatever the zone of the screen', () => {
  expect(fromLocal('2026-11-20T08:15:03', 420)).toBe(moment);
  expect(fromLocal('2026-11-20 08:15', 420)).toBe(moment - 3000);
  expect(toLocal(moment, 420)).toBe('2026-11-20T08:15:03');
  expect(toRFC3339(moment, 420)).toBe('2026-11-20T08:15:03+07:00');
  expect(toRFC3339(moment, -210)).toBe('2026-11-19T21:45:03-03:30');
});

it('knows what is no date', () => {
  for (const text of ['', 'yesterday', '2026-02-30', '2026-11-31T00:00', '2026-11-20T24:00']) {
    expect(fromLocal(text, 420)).toBeUndefined();
  }
  expect(momentOf('2026', 420)).toBeUndefined();
  expect(momentOf(null, 420)).toBeUndefined();
});

it('begins days at civic midnight', () => {
  expect(toLocal(dayOf(moment, 420), 420)).toBe('2026-11-20T00:00:00');
});
