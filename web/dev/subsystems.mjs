// The twelve subsystems of the demonstration city, and a thirteenth that was declared at run time, with
// figures to order: for the mock server. What is usual of them is in figures.csv.
import { parse } from './csv.mjs';

const DAY = 86_400_000;
const AGES = { day: 8 * 60_000, week: DAY, month: 9 * DAY, quarter: 40 * DAY, year: 120 * DAY };
const ROWS = parse(new URL('figures.csv', import.meta.url));
const SUBSYSTEMS = ROWS.filter(({ code }) => code === '');

/** What is wrong in the situations: the indicator, its status, and its value or parts. */
const TROUBLES = {
  calm: [],
  usual: [
    ['publicservice', 'electronic_result_ratio', 'warning', { numerator: 1121, denominator: 1816 }],
    ['citizenfeedback', 'reports_overdue', 'warning', { value: 9 }],
    ['edocument', 'documents_undelivered', 'critical', { value: 57 }],
    ['statistics', 'cpi_yoy', 'stale', {}],
    ['socioeconomic', 'fdi_registered', 'unknown', {}],
  ],
  many: [
    ['publicservice', 'electronic_result_ratio', 'critical', { numerator: 810, denominator: 1816 }],
    ['publicservice', 'dossiers_overdue', 'critical', { value: 231 }],
    ['citizenfeedback', 'reports_overdue', 'critical', { value: 34 }],
    ['citizenfeedback', 'satisfaction_ratio', 'warning', { numerator: 340, denominator: 450 }],
    ['edocument', 'documents_undelivered', 'critical', { value: 1057 }],
    ['edocument', 'signed_ratio', 'warning', { value: 96.4 }],
    ['health', 'bed_occupancy_ratio', 'critical', { numerator: 4420, denominator: 3890 }],
    ['health', 'dengue_cases', 'warning', { value: 31 }],
    ['health', 'ambulance_minutes', 'warning', { value: 18.5 }],
    ['environment', 'good_air_ratio', 'critical', { numerator: 1, denominator: 4 }],
    ['environment', 'valid_data_ratio', 'warning', { numerator: 801, denominator: 1152 }],
    ['infosecurity', 'malware_alerts', 'warning', { value: 64 }],
    ['infosecurity', 'incidents_open', 'warning', { value: 5 }],
    ['education', 'attendance_ratio', 'warning', { numerator: 139_400, denominator: 151_300 }],
    ['tourism', 'lodging_occupancy_ratio', 'stale', {}],
    ['statistics', 'cpi_yoy', 'unknown', {}],
    ['parking', 'spaces_taken_ratio', 'warning', { numerator: 580, denominator: 600 }],
  ],
};

function names({ vi, en }) {
  return { vi, en };
}

function rowsOf(id) {
  return ROWS.filter(({ subsystem, code }) => subsystem === id && code !== '');
}

export function legend() {
  return {
    subsystems: SUBSYSTEMS.map((row) => ({
      id: row.subsystem,
      names: names(row),
      metrics:
        row.subsystem === 'trafficsafety'
          ? [{ name: 'fps', names: { vi: 'Tốc độ khung hình', en: 'Frame rate' } }]
          : [],
      states: [],
      aggregates: [],
      indicators: rowsOf(row.subsystem).map(({ code, unit, period, bare, denominator, ...row }) => ({
        code,
        names: names(row),
        unit,
        period,
        ratio: bare === 'yes' || denominator !== '',
      })),
    })),
  };
}

/** Every subsystem's entity in a situation: calm, usual, many or stale. */
export function subsystems(situation, devicesOf, random) {
  const troubles = TROUBLES[situation] ?? [];
  return SUBSYSTEMS.map(({ subsystem: id, ...row }) => {
    const devices = devicesOf(id);
    const indicators = Object.fromEntries(
      rowsOf(id).map((row) => {
        const trouble = troubles.find(([subsystem, code]) => subsystem === id && code === row.code);
        const status = situation === 'stale' ? 'stale' : (trouble?.[2] ?? 'ok');
        return [row.code, indicator({ ...row, ...trouble?.[3] }, status, random)];
      }),
    );
    const statuses = [...Object.values(indicators).map((i) => i.status), ...worst(devices)];
    return {
      id,
      names: names(row),
      status: ORDER.find((status) => statuses.includes(status)) ?? 'ok',
      devices,
      incidents: id === 'citizenfeedback' ? 121 : 0,
      readings: id === 'trafficsafety' ? violations() : {},
      indicators,
    };
  });
}

const ORDER = ['critical', 'warning', 'stale', 'unknown', 'maintenance', 'ok'];

function worst(devices) {
  return ORDER.filter((status) => devices[status] > 0);
}

function violations() {
  const observed_at = new Date(Date.now() - 4_000).toISOString();
  const counts = { red_light: 31, no_helmet: 24, speeding: 9, wrong_lane: 4 };
  return Object.fromEntries(
    Object.entries(counts).map(([type, value]) => [
      `violations_day.${type}`,
      { value, unit: '', observed_at, status: 'ok' },
    ]),
  );
}

function indicator(row, status, random) {
  const { unit, period, good, denominator } = row;
  const judged = { unit, period_type: period, status, good, ...(row.target !== '' && { target: Number(row.target) }) };
  if (status === 'unknown') return { ...judged, reason: 'never_heard' };
  const parts = denominator === '' ? {} : { numerator: Number(row.numerator), denominator: Number(denominator) };
  const value = denominator === '' ? Number(row.value) : (100 * parts.numerator) / parts.denominator;
  const age = (status === 'stale' ? 4 * DAY : AGES[period]) * (0.4 + random());
  const at = new Date(Date.now() - age).toISOString();
  return {
    ...judged,
    ...parts,
    value,
    period: periodName(period, status === 'stale' ? 4 * DAY : 0),
    revision: 0,
    observed_at: at,
    received_at: at,
    reason: { ok: '', stale: 'silent' }[status] ?? row.reason,
    computed: row.computed === 'yes',
    trend: Array.from({ length: 12 }, (_, i) => value * (1 + 0.12 * Math.sin(i / 2) * random())),
  };
}

function periodName(type, ago) {
  const at = new Date(Date.now() + 7 * 3_600_000 - ago);
  const [day] = at.toISOString().split('T');
  const month = at.getUTCMonth();
  switch (type) {
    case 'day':
      return day;
    case 'week':
      return `${at.getUTCFullYear()}-W46`;
    case 'month':
      return new Date(Date.UTC(at.getUTCFullYear(), month - 1, 1)).toISOString().slice(0, 7);
    case 'quarter':
      return `${at.getUTCFullYear()}-Q${Math.max(1, Math.floor(month / 3))}`;
    default:
      return String(at.getUTCFullYear() - 1);
  }
}
