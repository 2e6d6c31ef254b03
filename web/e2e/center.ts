import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The running center that the tests are pointed at. */

function setting(name: string): URL {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the end-to-end tests need a running center`);
  return new URL(value);
}

export function centerURL(): URL {
  return setting('OPSCENTER_URL');
}

const run = promisify(execFile);
const ROOT = 'ioc/v1/trafficsafety/loc-001/cam-001';

/** Publishes a message; retained, an empty one takes the retained one away. */
async function publish(topic: string, message: string, retain = false): Promise<void> {
  const broker = setting('OPSCENTER_MQTT');
  const address = ['-h', broker.hostname, '-p', broker.port];
  const payload = message === '' ? ['-n'] : ['-m', message];
  await run('mosquitto_pub', [...address, '-q', '1', ...(retain ? ['-r'] : []), '-t', topic, ...payload]);
}

/** Publishes what a camera says of itself, as any device does. */
export async function publishHealth(fields: object): Promise<void> {
  await publish(`${ROOT}/health`, JSON.stringify({ ts: new Date().toISOString(), ...fields }));
}

/** Publishes a figure of today that the hospital's system tells. */
export async function publishIndicator(fields: object): Promise<void> {
  const now = new Date();
  const period = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  const message = JSON.stringify({ ts: now.toISOString(), period, ...fields });
  await publish('ioc/v1/health/loc-001/his/indicator', message);
}

/** Declares a subsystem while the center runs; without a manifest, retires it. */
export async function publishManifest(id: string, manifest?: object): Promise<void> {
  await publish(`ioc/v1/$manifest/${id}`, manifest ? JSON.stringify({ id, ...manifest }) : '', true);
}

/** What a camera says that is in order. */
export const WELL = { stream: 'ok', recording: true, image: 'ok' };
