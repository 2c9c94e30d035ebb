import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { ask, sentenceOf } from '../daemon/client';
import type { Audit, JudgedTell, TellVerdict } from '../daemon/interface';
import { hostPage } from '../shell/route';
import { Empty } from '../widgets/empty';
import { counted } from '../widgets/format';

const order: TellVerdict[] = ['fail', 'warn', 'pass', 'not run', 'not applicable'];
const mostHosts = 5;

/** What distinguishes the hosts from real machines: an audit that the daemon makes in memory. */
export function AuditView() {
  const audit = useSignal<Audit | undefined>(undefined);
  const trouble = useSignal('');
  const isRunning = useSignal(false);
  const run = async () => {
    if (isRunning.value) return;
    isRunning.value = true;
    try {
      audit.value = await ask<Audit>('audit');
      trouble.value = '';
    } catch (error) {
      trouble.value = sentenceOf(error);
    }
    isRunning.value = false;
  };
  useEffect(() => void run(), []);
  return (
    <>
      <div class="title-line">
        <h1>Audit</h1>
        <p class="muted" role="status">
          {isRunning.value ? 'examining the hosts ...' : trouble.value || (audit.value && summary(audit.value))}
        </p>
        <button type="button" class="quiet" disabled={isRunning.value} onClick={() => void run()}>
          Audit again
        </button>
      </div>
      {audit.value ? <TellTable tells={audit.value.tells} /> : <Empty title={trouble.value || 'No audit yet'} />}
    </>
  );
}

function summary({ hosts, candidates, score }: Audit): string {
  const scope = hosts === candidates ? counted(hosts, 'host') : `${hosts} of ${counted(candidates, 'host')}`;
  return score === null ? scope : `${scope}; score ${score} of 100`;
}

function TellTable({ tells }: { tells: JudgedTell[] }) {
  const sorted = [...tells].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return (
    <section class="panel audit" aria-label="Signs of honeypots" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Tell</th>
            <th scope="col">Verdict</th>
            <th scope="col">Found</th>
            <th scope="col">What mends it</th>
            <th scope="col">Known from</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((tell) => (
            <TellRow key={tell.id} tell={tell} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function TellRow({ tell }: { tell: JudgedTell }) {
  const isBad = tell.verdict === 'fail' || tell.verdict === 'warn';
  return (
    <tr>
      <th scope="row">
        {tell.id} {tell.name}
      </th>
      <td class={`verdict is-${tell.verdict.replace(' ', '-')}`}>{tell.verdict}</td>
      <td>
        {tell.explanation || `${counted(tell.examined, 'host')} examined`}
        {isBad && tell.hosts.length > 0 && (
          <span class="concerned">
            {tell.hosts.slice(0, mostHosts).map((host) => (
              <a key={host} href={hostPage(host)}>
                {host}
              </a>
            ))}
            {tell.concerned > mostHosts && <span class="muted">and {tell.concerned - mostHosts} more</span>}
          </span>
        )}
      </td>
      <td>{isBad && tell.mend}</td>
      <td class="muted">{tell.source}</td>
    </tr>
  );
}
