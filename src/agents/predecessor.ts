/**
 * What v0.15.8 and v0.12.0 of the original put at places where we put something too: the hashes of
 * the files they released. Such a file, unedited, is as good as ours; an edited one is the user's.
 * They copy one text to each agent's folder, so the name of the file is enough.
 */
const released: Readonly<Record<string, readonly string[]>> = {
  'parallel.status.md': ['4171fed5f75b26e2c1927af08e7c16e6aebdf4ace127b15896ddd79a8f66f41c'],
  'parallel.cleanup.md': ['d57a9bdfdb50f22a5d696b701fcb6d27693a9ab6b6b4c62df7b7d33c0fed42f6'],
  'dev-session.start.md': [
    '237c15a3eb21040937bc2255693022c1ab66618ee0c53dbe9157f3a8d362148b',
    '1c4d5ed1c33238e40949e3c1ce8ac4043b428654be92a6fc47f98a53619c5f0b',
  ],
  'dev-session.end.md': [
    'eab5742f1264b992fb28178de9255b9409e870776d7363d96a636edb0ece5310',
    '0f9a51f4a83263c19c5a31c26e55982cca8362cfd4ca0931be1593f0983e9e53',
  ],
  'session-log.md': ['e5e9b4dbad92084c947736e09ffacafae5ed2412b63cb4e391697f79ef46c2c1'],
};

/** The hashes released for a file of this path; none for most. */
export function releasedHashes(path: string): readonly string[] {
  return released[path.slice(path.lastIndexOf('/') + 1)] ?? [];
}
