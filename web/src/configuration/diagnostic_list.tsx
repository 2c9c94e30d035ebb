import type { Severity } from '../daemon/interface';
import { counted } from '../widgets/format';
import type { Check } from './check';

const names: Record<Severity, string> = {
  error: 'error',
  warning: 'warning',
  notice: 'notice',
  'not yet': 'not supported',
};
const mostShown = 200;

/** The daemon's diagnostics of the text, with links to their lines. */
export function DiagnosticList({ check, onJump }: { check: Check; onJump(line: number): void }) {
  const all = check.diagnostics.value;
  return (
    <section class="panel diagnostics" aria-label="Diagnostics">
      <div class="panel-head">
        <h2>Diagnostics</h2>
        <span class="muted" role="status">
          {stateText(check)}
        </span>
      </div>
      <ul>
        {all.slice(0, mostShown).map((diagnostic, index) => (
          <li key={index}>
            <button
              type="button"
              class={`quiet diagnostic is-${diagnostic.severity.replace(' ', '-')}`}
              onClick={() => onJump(diagnostic.line)}
            >
              <span class="diagnostic-place">
                {names[diagnostic.severity]}, line {diagnostic.line}
              </span>
              <span>{diagnostic.message}</span>
              {diagnostic.hint && <span class="muted">{diagnostic.hint}</span>}
            </button>
          </li>
        ))}
      </ul>
      {all.length > mostShown && (
        <p class="panel-body muted">and {counted(all.length - mostShown, 'further one')}</p>
      )}
    </section>
  );
}

function stateText({ state, trouble, diagnostics }: Check): string {
  if (state.value === 'checking') return 'checking ...';
  if (state.value === 'failed') return trouble.value;
  const errors = diagnostics.value.filter(({ severity }) => severity === 'error').length;
  const others = diagnostics.value.length - errors;
  if (errors > 0) return counted(errors, 'error') + (others > 0 ? `, ${counted(others, 'remark')}` : '');
  return others > 0 ? `no errors, ${counted(others, 'remark')}` : 'no errors';
}
