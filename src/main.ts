// argv -> a face, nothing else. The version alone is answered before anything is loaded: editors
// and agents ask for it at every start.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${__VERSION__}\n`);
} else {
  void import('./faces/cli/main.ts').then(({ main }) => main());
}
