import { keepSize } from '../page/size';
import ReportsPage from './ReportsPage.svelte';
import { REPORT_KEYS, Reports } from './reports.svelte';
import '../page/page.css';

/** The page on which reports are chosen, made and found again. */
export function openReports(query: URLSearchParams, build: string) {
  const reports = new Reports(query);
  keepSize(() => undefined);
  reports.start({ keys: REPORT_KEYS, build });
  void reports.load();
  return [ReportsPage, { reports }] as const;
}
