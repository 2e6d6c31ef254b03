import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

const read = (path: string | URL): object => JSON.parse(readFileSync(path, 'utf8')) as object;

// The schema that the AsyncAPI initiative publishes. It holds the meta-schema of JSON Schema itself,
// which Ajv therefore must not add a second time.
const schema = read(createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json'));
const valid = new Ajv({
  meta: false,
  strict: false,
  validateSchema: false,
  validateFormats: false,
  addUsedSchema: false,
}).compile(schema);

test('the description of the MQTT topics is AsyncAPI 3.0', () => {
  valid(read(new URL('../../docs/asyncapi.json', import.meta.url)));
  expect(valid.errors ?? []).toEqual([]);
});

test('a description that is not is told from it', () => {
  const broken = {
    ...read(new URL('../../docs/asyncapi.json', import.meta.url)),
    channels: { one: { adress: 'one' } },
  };
  expect(valid(broken)).toBe(false);
});
