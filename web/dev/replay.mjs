// Plays a made-up past over the WebSocket protocol: the mock city with a few cameras failing and mending.
const civic = (ms) => new Date(ms + 7 * 3_600_000).toISOString().replace('Z', '+07:00');

export function replay(client, address, city) {
  const query = new URL(address, 'http://mock').searchParams;
  const to = Date.parse(query.get('to'));
  let at = Date.parse(query.get('from'));
  let speed = Number(query.get('speed'));
  let playing = true;
  let seq = 1;
  let id;
  const say = (frame) => client.send(JSON.stringify(frame));
  const beat = () =>
    say({
      op: 'heartbeat',
      time: civic(at),
      ingest: at >= to ? 'replay_ended' : 'replay',
      data_age_ms: 0,
      seqs: id ? { [id]: seq } : {},
    });
  const shift = (value) => ({ ...value, ...(value.since && { since: new Date(at - 600_000).toISOString() }) });
  const snapshot = () => {
    const entities = Object.fromEntries([...city.entities].map(([key, value]) => [key, shift(value)]));
    say({ op: 'snapshot', id, epoch: `replay-${at}`, seq, entities });
  };
  const timer = setInterval(() => {
    if (playing) at = Math.min(to, at + 250 * speed);
  }, 250);
  const beats = setInterval(beat, 5000);
  client.on('close', () => [timer, beats].forEach(clearInterval));
  client.on('message', (data) => {
    const frame = JSON.parse(data);
    if (frame.op === 'subscribe') {
      id = frame.id;
      snapshot();
    }
    if (frame.op === 'pause') playing = false;
    if (frame.op === 'play') [playing, speed] = [true, frame.speed];
    if (frame.op === 'seek') {
      at = Date.parse(frame.at);
      say({ op: 'error', id, code: 'resync', message: 'the replay went elsewhere' });
    }
    beat();
  });
  beat();
}
