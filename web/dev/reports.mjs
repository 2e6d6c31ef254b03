// The reports of the mock center.
const names = (vi, en) => ({ vi, en });
const group = (...values) => ({
  key: 'group_by',
  names: names('Nhóm theo', 'Group by'),
  type: 'choice',
  default: values[0],
  choices: values.map((value) => ({ value, names: GROUPS[value] })),
});
const GROUPS = {
  device: names('Thiết bị', 'Device'),
  location: names('Điểm', 'Location'),
  area: names('Khu vực', 'Area'),
  contractor: names('Nhà thầu', 'Contractor'),
  month: names('Tháng', 'Month'),
};
const sla = { key: 'sla', names: names('Mức cam kết', 'Agreed level'), type: 'percent', default: '98', choices: [] };

export const REPORTS = [
  {
    id: 'availability',
    names: names('Độ sẵn sàng của thiết bị', 'Availability of devices'),
    doc: names(
      'Thời gian hoạt động, hỏng, không rõ và bảo trì theo nhóm; số lần và độ dài gián đoạn; so với mức cam kết.',
      'Time up, down, unknown and in maintenance by group; number and length of outages; against the agreed level.',
    ),
    parameters: [group('device', 'location', 'area', 'contractor', 'month'), sla],
  },
  {
    id: 'faults',
    names: names('Danh sách sự cố thiết bị', 'Device faults'),
    doc: names(
      'Mọi thiết bị hỏng hoặc im lặng trong kỳ: ở đâu, của nhà thầu nào, vì sao, từ khi nào, trong bao lâu.',
      'Every device that was down or silent in the period: where, whose, why, since when and for how long.',
    ),
    parameters: [],
  },
  {
    id: 'ageing',
    names: names('Tuổi sự cố chưa khắc phục', 'Ageing of open faults'),
    doc: names(
      'Sự cố còn mở lúc cuối kỳ theo tuổi, cũ nhất trước.',
      'Faults open at the end of the period by age, oldest first.',
    ),
    parameters: [],
  },
  {
    id: 'handover',
    names: names('Bàn giao ca', 'Shift hand-over'),
    doc: names(
      'Cảnh báo phát sinh, kết thúc, còn mở, tạm gác; ghi chú; bảo trì.',
      'What opened, closed, is open, shelved and was said; maintenance.',
    ),
    parameters: [],
  },
  {
    id: 'traffic',
    names: names('Giao thông theo vị trí và giờ', 'Traffic by location and hour'),
    doc: names(
      'Lưu lượng, tốc độ, độ chiếm dụng; số sự cố và vi phạm.',
      'Flow, speed, occupancy; numbers of incidents and violations.',
    ),
    parameters: [],
  },
  {
    id: 'indicators',
    names: names('Chỉ tiêu so với mục tiêu', 'Indicators against target'),
    doc: names(
      'Giá trị, tử số, mẫu số, mục tiêu và chênh lệch của mọi kỳ báo cáo.',
      'Value, parts, target and gap of every period told.',
    ),
    parameters: [],
  },
];

const job = (id, report, state, progress, ago, more = {}) => [
  id,
  {
    id,
    report,
    state,
    progress,
    format: 'xlsx',
    lang: 'vi',
    from: '2026-10-01T00:00:00+07:00',
    to: '2026-11-01T00:00:00+07:00',
    created_at: new Date(Date.now() - ago).toISOString(),
    ...(state === 'done' && { result: { href: `/api/v1/reports/jobs/${id}/result` } }),
    ...more,
  },
];

export const JOBS = new Map([
  job('j1', 'availability', 'done', 1, 86_400_000, {
    schedule: 'monthly',
    delivery: { state: 'sent', to: ['ops@example.vn'] },
  }),
  job('j2', 'faults', 'failed', 0.4, 7_200_000, { error: 'the database did not answer within 60 s' }),
  job('j3', 'availability', 'running', 0.37, 30_000, {
    doing: names('Đọc tình trạng của 10.000 thiết bị', 'Reads the status of 10,000 devices'),
  }),
]);
