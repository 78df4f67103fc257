// argv -> a face, nothing else. What is started again and again is answered before the command line
// is loaded: the version, which editors and agents ask for at every start, and their hooks.
const [, , first, ...rest] = process.argv;
if (process.argv.length === 3 && first === '--version') {
  process.stdout.write(`${__VERSION__}\n`);
} else {
  void start();
}

async function start(): Promise<void> {
  if (first === 'hook') {
    const { answerIfAsked } =
      rest[1] === 'pre-edit'
        ? await import('./faces/hook/before-edit.ts')
        : await import('./faces/hook/quick.ts');
    await answerIfAsked(rest);
  }
  const { main } = await import('./faces/cli/main.ts');
  await main();
}
