// The alarms of the mock city: made of what is wrong with its devices, with actions that change them.
const REASONS = {
  offline: [
    'Mất kết nối',
    'Offline',
    'Gọi điện lực hoặc nhà mạng của điểm này; thử khởi động lại từ xa.',
    'Call the power or network company of the location; try a remote restart.',
  ],
  no_stream: [
    'Không có luồng hình',
    'No video stream',
    'Mở lại luồng từ đầu ghi; nếu không được, khởi động lại camera.',
    'Open the stream again from the recorder; if that fails, restart the camera.',
  ],
  obscured: [
    'Ống kính bị che',
    'Lens obscured',
    'Xem ảnh gần nhất; cử người kiểm tra ống kính.',
    'Look at the last picture; send somebody to check the lens.',
  ],
  not_recording: [
    'Không ghi hình',
    'Not recording',
    'Kiểm tra ổ đĩa và lịch ghi của đầu ghi.',
    'Check the disks and the schedule of the recorder.',
  ],
  frozen: ['Đứng hình', 'Picture frozen', 'Khởi động lại camera từ xa.', 'Restart the camera remotely.'],
  low_fps: [
    'Khung hình thấp',
    'Low frame rate',
    'Kiểm tra băng thông đường truyền.',
    'Check the bandwidth of the link.',
  ],
  clock_drift: [
    'Sai đồng hồ',
    'Wrong clock',
    'Kiểm tra máy chủ thời gian (NTP) của camera.',
    "Check the camera's time server (NTP).",
  ],
  retention_short: [
    'Thiếu ngày lưu trữ',
    'Retention too short',
    'Thêm ổ đĩa hoặc giảm tốc độ bit.',
    'Add disks or lower the bit rate.',
  ],
  defocus: [
    'Hình mờ, mất nét',
    'Picture blurred',
    'Lấy nét lại từ xa; nếu không được, vệ sinh ống kính.',
    'Refocus remotely; if that fails, clean the lens.',
  ],
  silent: ['Không còn gửi tin', 'Stopped reporting', 'Kiểm tra nguồn và đường truyền.', 'Check power and link.'],
  low_battery: ['Pin yếu', 'Battery low', 'Lên lịch thay pin.', 'Plan to replace the battery.'],
  power: [
    'Mất điện',
    'Power lost',
    'Gọi điện lực; kiểm tra UPS của tủ.',
    "Call the power company; check the cabinet's UPS.",
  ],
};
const PEOPLE = ['Nguyễn Thị Hoa', 'Trần Văn Minh', 'Lê Quang Huy'];

const iso = (ms) => new Date(ms).toISOString();

export class Alarms {
  stories = new Map();
  windows = new Map();
  #city;
  #next = 1;

  constructor(city, { flood = false } = {}) {
    this.#city = city;
    this.flood = flood;
    for (const key of city.keys('device/')) {
      const device = city.entities.get(key);
      if (['critical', 'warning', 'stale'].includes(device.status)) this.raise(device);
    }
    if (this.all().length > 3) this.#vary();
    this.#plan();
    this.count();
  }

  all() {
    return this.#city.keys('alarm/').map((key) => this.#city.entities.get(key));
  }

  raise(device, count = 1) {
    const location = this.#city.entities.get(`location/${device.location}`);
    const [vi, en, viDo, enDo] = REASONS[device.reason] ?? [
      device.reason,
      device.reason,
      'Xem chi tiết.',
      'Look at the details.',
    ];
    const where = device.name.includes(location.name) ? device.name : `${device.name} · ${location.name}`;
    const since = Date.parse(device.since);
    const id = `a${String(this.#next++).padStart(6, '0')}`;
    const alarm = {
      id,
      key: `device/${device.id}/link`,
      location: device.location,
      area: location.area,
      device: device.id,
      subsystem: device.subsystem,
      contractor: 'Viettel Phú Thọ',
      severity: device.status === 'critical' ? 'critical' : 'warning',
      state: 'active',
      reason: device.reason,
      title: { vi: `${vi}: ${where}`, en: `${en}: ${where}` },
      advice: { vi: viDo, en: enDo },
      count,
      children: 0,
      occurrences: 1,
      since: iso(since),
      raised_at: iso(since + 30_000),
      acknowledged: false,
      suppressed: false,
      out_of_service: false,
      flapping: false,
      level: 0,
    };
    this.stories.set(id, [{ n: 1, at: alarm.raised_at, what: 'raised', actor: '', why: '' }]);
    this.#put(alarm);
    return id;
  }

  /** Does what a person wants; returns the alarm, or undefined where there is none. */
  act(id, verb, { actor, reason = '', until, minutes, assignee = '' }) {
    const alarm = this.#city.entities.get(`alarm/${id}`);
    if (!alarm) return undefined;
    const now = Date.now();
    const end = until ?? (minutes ? iso(now + minutes * 60_000) : undefined);
    const next = { ...alarm };
    if (verb === 'acknowledge')
      Object.assign(next, {
        acknowledged: true,
        acknowledged_by: actor,
        acknowledged_at: iso(now),
        acknowledged_until: end,
      });
    if (verb === 'assign') next.assignee = assignee;
    if (verb === 'comment') next.comment = reason;
    if (verb === 'shelve') Object.assign(next, { shelved_until: end, shelved_by: actor, shelved_for: reason });
    if (verb === 'unshelve')
      Object.assign(next, { shelved_until: undefined, shelved_by: undefined, shelved_for: undefined });
    const what = {
      acknowledge: 'acknowledged',
      assign: 'assigned',
      comment: 'commented',
      shelve: 'shelved',
      unshelve: 'unshelved',
    }[verb];
    this.#tell(id, what, actor, verb === 'assign' ? assignee : reason);
    if (next.state === 'cleared' && next.acknowledged) {
      this.#tell(id, 'closed', '', '');
      this.#city.entities.delete(`alarm/${id}`);
    } else this.#put(next);
    return next;
  }

  /** Counts again what is made of alarms; returns the keys that may have changed. */
  count() {
    const groups = new Map();
    const places = new Map();
    const none = () => ({ active: 0, unacknowledged: 0, critical: 0 });
    const all = none();
    for (const alarm of this.all()) {
      if (alarm.shelved_until || alarm.suppressed || alarm.out_of_service) continue;
      const id = `${alarm.reason}.${alarm.area}`;
      const group = groups.get(id) ?? {
        ...none(),
        id,
        reason: alarm.reason,
        area: alarm.area,
        devices: 0,
        severity: 'warning',
        title: alarm.title,
      };
      groups.set(id, group);
      const place = places.get(alarm.location) ?? none();
      places.set(alarm.location, place);
      for (const counts of [group, place, all]) {
        if (alarm.state === 'active') counts.active++;
        if (!alarm.acknowledged) counts.unacknowledged++;
        if (alarm.state === 'active' && alarm.severity === 'critical') counts.critical++;
      }
      group.devices += alarm.count;
      if (alarm.severity === 'critical') group.severity = 'critical';
      if (!group.since || alarm.raised_at < group.since) group.since = alarm.raised_at;
      if (!group.newest || alarm.raised_at > group.newest) group.newest = alarm.raised_at;
    }
    const keys = this.#city.keys('alarmgroup/').filter((key) => !groups.has(key.slice(11)));
    for (const key of keys) this.#city.entities.delete(key);
    for (const [id, group] of groups) keys.push(this.#set(`alarmgroup/${id}`, group));
    for (const key of this.#city.keys('location/')) {
      keys.push(this.#set(key, { ...this.#city.entities.get(key), alarms: places.get(key.slice(9)) ?? none() }));
    }
    const flood = {
      active: this.flood,
      since: this.flood ? iso(Date.now() - 400_000) : undefined,
      new_10min: this.flood ? 143 : 2,
    };
    keys.push(this.#set('city', { ...this.#city.entities.get('city'), alarms: all, flood }));
    return keys;
  }

  story(id) {
    return this.stories.get(id);
  }

  #set(key, value) {
    this.#city.entities.set(key, value);
    return key;
  }

  #put(alarm) {
    this.#city.entities.set(`alarm/${alarm.id}`, alarm);
  }

  #tell(id, what, actor, why) {
    const story = this.stories.get(id);
    story.push({ n: story.length + 1, at: iso(Date.now()), what, actor, why });
  }

  // What people and the center have done already, so that every look of an alarm is to be seen.
  #vary() {
    const change = (alarm, more) => alarm && this.#put({ ...alarm, ...more });
    const all = this.all().sort((a, b) => (a.raised_at < b.raised_at ? -1 : 1));
    const n = all.length;
    for (const [i, alarm] of all.entries()) {
      if (i < n * 0.35) {
        this.act(alarm.id, 'acknowledge', { actor: PEOPLE[i % 3], reason: i % 2 ? 'Đã báo đơn vị bảo trì' : '' });
        if (i % 2 === 0) this.act(alarm.id, 'assign', { actor: PEOPLE[(i + 1) % 3], assignee: PEOPLE[i % 3] });
        if (i % 3 === 0)
          this.act(alarm.id, 'comment', { actor: PEOPLE[i % 3], reason: 'Đang chờ xe nâng, dự kiến xong trước 16:00' });
      } else if (i < n * 0.42) change(alarm, { out_of_service: true });
      else if (i < n * 0.5) this.act(alarm.id, 'shelve', { actor: PEOPLE[0], reason: 'Chờ thay nguồn', minutes: 180 });
      else if (i < n * 0.6) change(alarm, { state: 'cleared', cleared_at: iso(Date.now() - 240_000) });
    }
    const last = all[n - 1];
    change(last, {
      device: '',
      key: `location/${last.location}/link`,
      reason: 'power',
      severity: 'critical',
      count: 12,
      children: 12,
      level: 1,
      title: {
        vi: `Mất điện, 12 thiết bị: ${this.#placeOf(last)}`,
        en: `Power lost, 12 devices: ${this.#placeOf(last)}`,
      },
      advice: { vi: REASONS.power[2], en: REASONS.power[3] },
    });
    if (all[n - 2]) change(all[n - 2], { flapping: true, occurrences: 7 });
  }

  #placeOf(alarm) {
    return this.#city.entities.get(`location/${alarm.location}`).name;
  }

  #plan() {
    const hour = 3_600_000;
    const now = Date.now();
    const windows = [
      { id: 'w1', location: 'loc-003', start: now - hour, end: now + 2 * hour, title: 'Thay tủ điện', active: true },
      {
        id: 'w2',
        area: 'van-phu',
        start: now + 30 * hour,
        end: now + 34 * hour,
        rule: 'FREQ=WEEKLY;BYDAY=TU,TH',
        title: 'Vệ sinh ống kính',
      },
      {
        id: 'w3',
        device: 'cam-017',
        start: now - 0.2 * hour,
        end: now + 0.8 * hour,
        mute: true,
        title: '',
        active: true,
      },
      {
        id: 'w4',
        contractor: 'Viettel Phú Thọ',
        start: now - 50 * hour,
        end: now - 46 * hour,
        title: 'Nâng cấp phần mềm',
      },
    ];
    for (const { start, end, ...window } of windows) {
      const full = { ...window, start: iso(start), end: iso(end), actor: PEOPLE[1], reason: 'Theo kế hoạch tháng 11' };
      if (start > now) full.next = iso(start);
      this.windows.set(window.id, full);
      if (end > now) this.#city.entities.set(`window/${window.id}`, full);
    }
  }
}
