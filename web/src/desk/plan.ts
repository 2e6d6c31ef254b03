import { ruleOf, type Recurrence } from '../lib/maintenance/rule';
import type { Scope } from '../lib/maintenance/window';
import { fromLocal, toRFC3339 } from '../lib/time/local';

/** What is asked of the center to plan maintenance, or why it cannot be asked so. */

export interface Plan {
  scope: Scope;
  which: string;
  /** Civic date and time; empty: now. */
  start: string;
  minutes: number;
  recurrence: Recurrence;
  lastDay: string;
  title: string;
  reason: string;
}

export type Flaw = 'noDays' | 'backwards';

export function planBody(plan: Plan, offset: number): { body: object } | { flaw: Flaw } {
  const { recurrence } = plan;
  if (recurrence.every === 'week' && recurrence.days.length === 0) return { flaw: 'noDays' };
  const start = plan.start === '' ? undefined : fromLocal(plan.start, offset);
  if (plan.start !== '' && start === undefined) return { flaw: 'backwards' };
  const rule = ruleOf(recurrence, plan.lastDay);
  return {
    body: {
      [plan.scope]: plan.which,
      ...(start !== undefined && { start: toRFC3339(start, offset) }),
      minutes: plan.minutes,
      ...(rule !== '' && { rule }),
      ...(plan.title.trim() !== '' && { title: plan.title.trim() }),
      reason: plan.reason.trim(),
    },
  };
}
