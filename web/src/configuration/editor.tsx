import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import type { Diagnostic, Severity } from '../daemon/interface';
import { EditorLine } from './editor_line';

const lineHeight = 20;
const linesBeyondView = 12;
const severities: Severity[] = ['error', 'warning', 'not yet', 'notice'];

interface Props {
  text: string;
  diagnostics: Diagnostic[];
  jump?: { line: number };
  onChange(text: string): void;
}

/** A plain text area as tall as its text, over a drawing of the lines in view. */
export function Editor({ text, diagnostics, jump, onChange }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const lines = useMemo(() => text.split('\n'), [text]);
  const byLine = useMemo(() => groupByLine(diagnostics), [diagnostics]);
  const columns = useMemo(() => lines.reduce((most, line) => Math.max(most, line.length), 0), [lines]);
  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!jump) return;
    const start = lines.slice(0, jump.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    area.current!.focus({ preventScroll: true });
    area.current!.setSelectionRange(start, start + (lines[jump.line - 1]?.length ?? 0));
    scroller.current!.scrollTo({ top: Math.max(0, (jump.line - 4) * lineHeight), left: 0 });
  }, [jump]);

  const first = Math.max(0, Math.floor(top.value / lineHeight) - linesBeyondView);
  const last = Math.min(lines.length, Math.ceil((top.value + height.value) / lineHeight) + linesBeyondView);
  const digits = String(lines.length).length;
  return (
    <div
      class="editor panel"
      ref={scroller}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      <div
        class="editor-space"
        style={{
          height: `${lines.length * lineHeight}px`,
          '--gutter': `calc(${digits}ch + 30px)`,
          '--columns': `${columns + 4}ch`,
        }}
      >
        <div
          class="editor-lines"
          aria-hidden="true"
          style={{ transform: `translateY(${first * lineHeight}px)` }}
        >
          {lines.slice(first, last).map((line, index) => (
            <EditorLine
              key={first + index}
              number={first + index + 1}
              text={line}
              diagnostics={byLine.get(first + index + 1)}
            />
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="Text of the configuration"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          value={text}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      </div>
    </div>
  );
}

function groupByLine(diagnostics: Diagnostic[]): Map<number, Diagnostic[]> {
  const byLine = new Map<number, Diagnostic[]>();
  for (const diagnostic of diagnostics)
    byLine.set(diagnostic.line, [...(byLine.get(diagnostic.line) ?? []), diagnostic]);
  for (const some of byLine.values())
    some.sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
  return byLine;
}
