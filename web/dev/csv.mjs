import { readFileSync } from 'node:fs';

/** The lines of a file with a head, as objects by column. */
export function parse(url) {
  const [head, ...lines] = readFileSync(url, 'utf8').trim().split('\n').map(split);
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
}

function split(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2]);
}
