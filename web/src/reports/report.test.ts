import { describe, expect, it } from 'vitest';
import { addressOf, asJob, asKind, isOver, orderBody, type Order } from './report';
import { reportWords, STATES } from './words';

const order: Order = {
  report: 'availability',
  from: Date.parse('2026-10-01T00:00:00+07:00'),
  to: Date.parse('2026-11-01T00:00:00+07:00'),
  parameters: { group_by: 'contractor', sla: '' },
  format: 'html',
  lang: 'en',
};

describe('a report', () => {
  it('is asked for in civic time, with the parameters that were chosen', () => {
    const address = new URL(addressOf(order, 420), 'http://center');
    expect(address.pathname).toBe('/api/v1/reports/availability');
    expect(Object.fromEntries(address.searchParams)).toEqual({
      from: '2026-10-01T00:00:00+07:00',
      to: '2026-11-01T00:00:00+07:00',
      group_by: 'contractor',
      format: 'html',
      lang: 'en',
    });
    expect(orderBody(order, 420)).toMatchObject({ report: 'availability', parameters: { group_by: 'contractor' } });
  });

  it('bears a list that says less than it might', () => {
    expect(asKind({ id: 'x' })).toMatchObject({ names: { vi: 'x', en: 'x' }, longest: Infinity, parameters: [] });
  });
});

describe('a job', () => {
  it('is over when it is done, failed or cancelled', () => {
    expect(STATES.filter((state) => isOver(asJob({ state })))).toEqual(['done', 'failed', 'cancelled']);
  });

  it('has a result only where the center says so, and a progress that can be drawn', () => {
    expect(asJob({ state: 'running', progress: 7 })).toMatchObject({ progress: 1, href: '' });
    expect(asJob({ state: 'done', result: { href: '/r' } }).href).toBe('/r');
  });

  it('has words for every state', () => {
    for (const { state } of Object.values(reportWords)) expect(Object.keys(state).sort()).toEqual([...STATES].sort());
  });
});
