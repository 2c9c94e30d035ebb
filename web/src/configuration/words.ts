/** A line of the language, taken apart for its colours only: what it means, the daemon says. */

export interface Word {
  text: string;
  kind: 'plain' | 'keyword' | 'string' | 'comment' | 'number';
}

const keywords = new Set(
  (
    'route entry link add net create set bind annotate delete include clone personality default tcp udp icmp action port ' +
    'proxy reset open block subsystem latency loss bandwidth tunnel unreach uptime ethernet droprate uid maxfds to on dynamic'
  ).split(' '),
);
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
