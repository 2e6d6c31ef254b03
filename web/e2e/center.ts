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

/** Publishes what a camera says of itself, as any device does. */
export async function publishHealth(fields: object): Promise<void> {
  const broker = setting('OPSCENTER_MQTT');
  const message = JSON.stringify({ ts: new Date().toISOString(), ...fields });
  const address = ['-h', broker.hostname, '-p', broker.port];
  await run('mosquitto_pub', [...address, '-q', '1', '-t', `${ROOT}/health`, '-m', message]);
}

/** What a camera says that is in order. */
export const WELL = { stream: 'ok', recording: true, image: 'ok' };
