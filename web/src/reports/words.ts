import type { Preset } from '../lib/report/presets';

export const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof STATES)[number];
export const FORMATS = ['html', 'xlsx', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** The words of the page of reports in one language. */
export interface ReportDictionary {
  title: string;
  which: string;
  period: string;
  preset: Record<Preset, string>;
  own: string;
  from: string;
  to: string;
  exclusive: string;
  format: Record<Format, string>;
  formats: string;
  language: string;
  vietnamese: string;
  english: string;
  open: string;
  order: string;
  busy: string;
  jobs: string;
  noJobs: string;
  state: Record<JobState, string>;
  cancel: string;
  remove: string;
  result: string;
  failed: string;
  unreachable: string;
  late: string;
  notYet: string;
  none: string;
  backwards: string;
  tooLong: (age: string) => string;
  scheduled: (name: string) => string;
  sentTo: (who: string) => string;
  all: string;
  reading: string;
  long: string;
}

export const reportWords: Record<'vi' | 'en', ReportDictionary> = {
  vi: {
    title: 'Báo cáo',
    which: 'Báo cáo',
    period: 'Kỳ báo cáo',
    preset: {
      shift: 'Ca này',
      last_shift: 'Ca trước',
      today: 'Hôm nay',
      yesterday: 'Hôm qua',
      this_week: 'Tuần này',
      last_week: 'Tuần trước',
      this_month: 'Tháng này',
      last_month: 'Tháng trước',
    },
    own: 'Tự chọn',
    from: 'Từ',
    to: 'Đến',
    exclusive: 'không gồm thời điểm này',
    format: { html: 'Trang in', xlsx: 'Excel', csv: 'CSV', json: 'JSON' },
    formats: 'Định dạng',
    language: 'Ngôn ngữ',
    vietnamese: 'Tiếng Việt',
    english: 'English',
    open: 'Xem ngay',
    order: 'Lập trong nền',
    busy: 'Đang gửi…',
    jobs: 'Đang lập và đã lập',
    noJobs: 'Chưa có báo cáo nào được lập trong nền',
    state: { queued: 'Chờ', running: 'Đang lập', done: 'Xong', failed: 'Không lập được', cancelled: 'Đã hủy' },
    cancel: 'Hủy',
    remove: 'Xóa',
    result: 'Mở kết quả',
    failed: 'Không thực hiện được',
    unreachable: 'không kết nối được với trung tâm',
    late: 'trung tâm không trả lời kịp',
    notYet: 'Kỳ báo cáo phải kết thúc trước lúc này ít nhất một phút',
    none: 'Không có báo cáo nào',
    backwards: 'Thời điểm kết thúc phải sau thời điểm bắt đầu',
    tooLong: (age) => `Kỳ báo cáo dài nhất là ${age}`,
    scheduled: (name) => `theo lịch ${name}`,
    sentTo: (who) => `gửi tới ${who}`,
    all: 'Tất cả',
    reading: 'Đang đọc danh sách báo cáo',
    long: 'Kỳ dài thì lập trong nền, có tiến độ và hủy được.',
  },
  en: {
    title: 'Reports',
    which: 'Report',
    period: 'Period',
    preset: {
      shift: 'This shift',
      last_shift: 'Last shift',
      today: 'Today',
      yesterday: 'Yesterday',
      this_week: 'This week',
      last_week: 'Last week',
      this_month: 'This month',
      last_month: 'Last month',
    },
    own: 'Other',
    from: 'From',
    to: 'To',
    exclusive: 'exclusive',
    format: { html: 'Print page', xlsx: 'Excel', csv: 'CSV', json: 'JSON' },
    formats: 'Format',
    language: 'Language',
    vietnamese: 'Tiếng Việt',
    english: 'English',
    open: 'Open now',
    order: 'Make in the background',
    busy: 'Sending…',
    jobs: 'In the making, and made',
    noJobs: 'No report was made in the background yet',
    state: { queued: 'Queued', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
    cancel: 'Cancel',
    remove: 'Remove',
    result: 'Open the result',
    failed: 'That failed',
    unreachable: 'the center cannot be reached',
    late: 'the center did not answer in time',
    notYet: 'The period must end at least a minute ago',
    none: 'There are no reports',
    backwards: 'The end must be after the beginning',
    tooLong: (age) => `The longest period is ${age}`,
    scheduled: (name) => `by the schedule ${name}`,
    sentTo: (who) => `sent to ${who}`,
    all: 'All',
    reading: 'Reading the list of reports',
    long: 'Long periods are better made in the background: with progress, and to be cancelled.',
  },
};
