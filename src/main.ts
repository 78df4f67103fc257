// Placeholder entry until the command line face exists: it knows its version and nothing else.
if (process.argv.includes('--version')) {
  process.stdout.write(`${__VERSION__}\n`);
} else {
  process.stderr.write('flight-rules: no commands yet.\n');
  process.exitCode = 2;
}
