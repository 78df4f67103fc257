// Compiled in by scripts/build.mjs (and by vitest.config.ts for tests).

/** The version in package.json. */
declare const __VERSION__: string;
/** True only in dist-test/, where crash tests may stop the program at a named point. */
declare const __FAULTS__: boolean;
