// Opens the cache, waits for a word on standard input, adds to it and saves, many times.
import { createHash } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock.ts';
import { absolute } from '../../src/kernel/path.ts';
import { openCache } from '../../src/integration/clash/cache-file.ts';

const [commonDir = '', who = '', rounds = ''] = process.argv.slice(2);
const place = { commonDir: absolute(commonDir), avoid: [], env: process.env };
process.stdin.once('data', () => {
  void (async () => {
    for (let n = 0; n < Number(rounds); n += 1) {
      const cache = openCache(place, systemClock);
      const key = createHash('sha256').update(`${who} ${n}`).digest('hex');
      cache.setVerdict(key, {
        verdict: 'clash',
        paths: [{ path: `${who}/${n}`, kind: 'content' }],
      });
      await cache.save();
    }
    process.exit(0);
  })();
});
process.stdout.write('ready\n');
