export type AgeUnit = 'second' | 'minute' | 'hour' | 'day';

/** An age as people say it: its largest unit, and the next one where it still matters. */
export interface Age {
  value: number;
  unit: AgeUnit;
  /** Minutes beside hours, hours beside days; undefined beside others. */
  rest: number | undefined;
}

/** Splits an age in ms. Below zero, where two clocks disagree, counts as nothing. */
export function ageOf(ms: number): Age {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return { value: s, unit: 'second', rest: undefined };
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return { value: minutes, unit: 'minute', rest: undefined };
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return { value: hours, unit: 'hour', rest: minutes % 60 };
  return { value: Math.floor(hours / 24), unit: 'day', rest: hours % 24 };
}
