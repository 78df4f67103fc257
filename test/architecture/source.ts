// Reads TypeScript just far enough to know what is code, what is text and what is a comment.

/**
 * The source with its comments blanked and, for `bare`, the contents of its strings too.
 * Line breaks stay, so that line numbers do.
 */
export function strip(source: string): { readonly code: string; readonly bare: string } {
  // Comments, strings, regular expressions; templates are walked, for they may hold code.
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`{}]/y;
  let code = '';
  let bare = '';
  // One entry for each open brace: true where it belongs to a `${` of a template.
  const braces: boolean[] = [];
  let at = 0;
  const put = (text: string, bareText: string): void => {
    code += text;
    bare += bareText;
  };
  const template = (): void => {
    const text = /(?:\\[\s\S]|(?!\$\{)[^`\\])*(?:`|\$\{|$)/y;
    text.lastIndex = at;
    const found = text.exec(source)?.[0] ?? '';
    at += found.length;
    put(found, blank(found));
    if (found.endsWith('${')) braces.push(true);
  };
  while (at < source.length) {
    token.lastIndex = at;
    const found = token.exec(source)?.[0];
    if (found === undefined || (isRegex(found) && !regexMayStart(bare))) {
      put(source.charAt(at), source.charAt(at));
      at += 1;
      continue;
    }
    at += found.length;
    if (found.startsWith('//') || found.startsWith('/*')) put(blank(found), blank(found));
    else if (found === '`') {
      put(found, found);
      template();
    } else if (found === '{') {
      braces.push(false);
      put(found, found);
    } else if (found === '}') {
      put(found, found);
      if (braces.pop() === true) template();
    } else put(found, found.charAt(0) + blank(found.slice(1, -1)) + found.charAt(0));
  }
  return { code, bare };
}

export type Import = { readonly from: string; readonly typeOnly: boolean };

/** Every module a source names: `import`, `export … from`, `import()` and `import('…').Type`. */
export function imports(source: string): Import[] {
  const { code, bare } = strip(source);
  const found: Import[] = [];
  const statements =
    /(?<![\w$.])(?:import|export)(\s+type(?=[\s{*]))?(?:[\s\w$,{}*]*?from)?\s*(['"])/g;
  const calls = /(?<![\w$.])import\s*\(\s*(['"`])/g;
  for (const match of bare.matchAll(statements)) {
    const open = match.index + match[0].length;
    found.push({ from: text(code, open), typeOnly: match[1] !== undefined });
  }
  for (const match of bare.matchAll(calls)) {
    found.push({ from: text(code, match.index + match[0].length), typeOnly: false });
  }
  return found;
}

/** True where a module is named by an expression, which nobody can check. */
export function importsBlindly(source: string): boolean {
  return /(?<![\w$.])(?:import|require)\s*\(\s*(?!['"`\s)])/.test(strip(source).bare);
}

function text(code: string, open: number): string {
  return code.slice(open, code.indexOf(code.charAt(open - 1), open));
}

function blank(plain: string): string {
  return plain.replaceAll(/[^\n]/g, ' ');
}

function isRegex(found: string): boolean {
  return found.startsWith('/') && !found.startsWith('//') && !found.startsWith('/*');
}

/** After a value a slash divides; anywhere else it opens a regular expression. */
function regexMayStart(before: string): boolean {
  return /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in|yield|await))\s*$/.test(
    before.slice(-40),
  );
}
