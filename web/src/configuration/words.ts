/** Splits a line of the language for colouring only; the daemon parses it. */
import { keywords } from './keywords';

export interface Word {
  text: string;
  kind: 'plain' | 'keyword' | 'string' | 'comment' | 'number';
}

const pieces = /#.*|"(?:[^"\\]|\\.)*"?|\s+|[^\s"#]+/g;

export function wordsOf(line: string): Word[] {
  return (line.match(pieces) ?? []).map((text) => ({ text, kind: kindOf(text) }));
}

function kindOf(text: string): Word['kind'] {
  if (text.startsWith('#')) return 'comment';
  if (text.startsWith('"')) return 'string';
  if (keywords.has(text)) return 'keyword';
  return /^\d/.test(text) ? 'number' : 'plain';
}
