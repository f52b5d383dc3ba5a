/** Whether JSON text nests its arrays and objects deeper than `depthMax`. Looks at the text before it is parsed: code
 *  that walks a value (comparing, writing, validating) would run out of stack on what a small body can nest. */
export function isNestedDeeper(text: string, depthMax: number): boolean {
  // Every level takes two characters.
  if (text.length <= 2 * depthMax) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if ((code | CASE) === OPEN) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if ((code | CASE) === CLOSE) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The bit that tells a brace from a bracket. */
const CASE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Where the string that begins at `start` ends; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
