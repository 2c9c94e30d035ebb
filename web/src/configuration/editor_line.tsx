import type { Diagnostic } from '../daemon/interface';
import { wordsOf } from './words';

interface Props {
  number: number;
  text: string;
  diagnostics?: Diagnostic[];
}

/** A line as drawn: its number, coloured words, underlined errors and their messages. */
export function EditorLine({ number, text, diagnostics = [] }: Props) {
  const worst = diagnostics[0];
  return (
    <div class={`editor-line${worst ? ` has-${worst.severity.replace(' ', '-')}` : ''}`}>
      <span class="line-number">{number}</span>
      <span class="line-text">
        {wordsOf(text).map((word, index) => (
          <span key={index} class={`word-${word.kind}`}>
            {word.text}
          </span>
        ))}
        {diagnostics.map(({ column, length, severity }, index) => (
          <span
            key={`mark ${index}`}
            class={`mark mark-${severity.replace(' ', '-')}`}
            style={{ left: `${Math.max(0, column - 1)}ch`, width: `${Math.max(1, length)}ch` }}
          />
        ))}
        {worst && <span class="line-remark">{worst.message}</span>}
      </span>
    </div>
  );
}
