import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { ask, sentenceOf } from '../daemon/client';
import type { ChangeAnswer, ConfigurationText } from '../daemon/interface';
import { useAnswer } from '../widgets/answer';
import { moment } from '../widgets/format';
import { Check } from './check';
import { DiagnosticList } from './diagnostic_list';
import { draft } from './draft';
import { Editor } from './editor';

/** The active configuration: shows, edits, checks while typing, and applies it. */
export function ConfigurationView() {
  const answer = useAnswer<ConfigurationText>('configuration');
  const running = useSignal<ConfigurationText | undefined>(undefined);
  const result = useSignal<ChangeAnswer | undefined>(undefined);
  const busy = useSignal(false);
  const jump = useSignal<{ line: number } | undefined>(undefined);
  const check = useMemo(() => new Check(), []);
  useEffect(() => () => check.close(), [check]);
  useEffect(() => {
    const answered = answer.value.value;
    if (!answered) return;
    running.value = answered;
    draft.value ??= answered.text;
  }, [answer.value.value]);
  const text = draft.value;
  useEffect(() => {
    if (text !== undefined) check.soon(text);
  }, [text]);

  const change = async (method: 'PUT' | 'POST', path: string, body?: string) => {
    busy.value = true;
    try {
      result.value = await ask<ChangeAnswer>(path, { method, body });
      if (result.value.ok) {
        running.value = await ask<ConfigurationText>('configuration');
        draft.value = running.value.text;
      }
    } catch (error) {
      result.value = { ok: false, text: sentenceOf(error) };
    } finally {
      busy.value = false;
    }
  };

  const answered = running.value;
  if (!answered || text === undefined)
    return answer.trouble.value ? (
      <p class="refusal">{answer.trouble.value}</p>
    ) : (
      <p class="muted">Loading the configuration ...</p>
    );
  const changed = text !== answered.text;
  const wrong = check.diagnostics.value.some(({ severity }) => severity === 'error');
  return (
    <>
      <div class="title-line">
        <h1>Configuration</h1>
        <p class="muted">
          <span class="mono">{answered.file}</span>, loaded {moment(answered.loaded)}
          {answered.statements_since > 0 && ', changed since'}
          {changed && '; edited here'}
        </p>
        <div class="buttons push">
          {changed && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                draft.value = answered.text;
              }}
            >
              Undo all
            </button>
          )}
          <button
            type="button"
            disabled={busy.value}
            title="Read the file again"
            onClick={() => void change('POST', 'reload')}
          >
            Reload the file
          </button>
          <button
            type="button"
            class="primary"
            disabled={busy.value || !changed || wrong}
            title="Use it in the running daemon without changing the file"
            onClick={() => void change('PUT', 'configuration', text)}
          >
            Apply
          </button>
        </div>
      </div>
      {answered.failure && <p class="refusal">{answered.failure}</p>}
      {result.value && (
        <div class={`change-result ${result.value.ok ? 'done' : 'refused'}`} role="status">
          <b>{result.value.ok ? 'Done. The file is unchanged.' : 'Nothing was changed.'}</b>
          {result.value.text && <pre>{result.value.text}</pre>}
        </div>
      )}
      <div class="configuration">
        <Editor
          text={text}
          diagnostics={check.diagnostics.value}
          jump={jump.value}
          onChange={(typed) => {
            draft.value = typed;
          }}
        />
        <DiagnosticList
          check={check}
          onJump={(line) => {
            jump.value = { line };
          }}
        />
      </div>
    </>
  );
}
