import { useEffect, useMemo, useRef } from 'preact/hooks';

import { query } from '../daemon/client';
import type { HostLine } from '../daemon/interface';
import { hostPage, replaceParameters, route } from '../shell/route';
import { zoneName } from '../shell/zone';
import { Empty, NobodySpoke } from '../widgets/empty';
import { Exports } from '../widgets/exports';
import { count, counted, moment } from '../widgets/format';
import { isNarrow } from '../widgets/media';
import { VirtualList } from '../widgets/virtual_list';
import { HostPages } from './host_pages';

const settledMilliseconds = 250;

export function HostTable() {
  const wanted = route.value.parameters.get('query') ?? '';
  const order = route.value.parameters.get('order') === 'contact' ? 'contact' : '';
  const pages = useMemo(() => new HostPages(wanted, order), [wanted, order]);
  useEffect(() => () => pages.close(), [pages]);
  const timer = useRef(0);
  const change = (name: string, value: string) => {
    const changed = new URLSearchParams(route.value.parameters);
    if (value) changed.set(name, value);
    else changed.delete(name);
    replaceParameters(changed);
  };
  const searchSoon = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change('query', text.trim()), settledMilliseconds);
  };
  const total = pages.total.value;
  void pages.version.value;
  return (
    <>
      <div class="title-line">
        <h1>Hosts</h1>
        <p class="muted" role="status">
          {total !== undefined && counted(total, 'host')}
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={order === 'contact'}
            onChange={(event) => change('order', event.currentTarget.checked ? 'contact' : '')}
          />{' '}
          contacted, last first
        </label>
        <Exports what="hosts" parameters={query({ query: wanted, order })} />
        <form class="push" role="search" onSubmit={(event) => event.preventDefault()}>
          <input
            type="search"
            class="host-search"
            aria-label="Address, network, template or personality"
            placeholder="Address, network, template, personality"
            value={wanted}
            spellcheck={false}
            onInput={(event) => searchSoon(event.currentTarget.value)}
          />
        </form>
      </div>
      {pages.trouble.value && <p class="refusal">{pages.trouble.value}</p>}
      {total === undefined && !pages.trouble.value && <p class="muted">Loading ...</p>}
      {total === 0 &&
        (order && !wanted ? (
          <NobodySpoke />
        ) : wanted ? (
          <Empty title={`No host matches "${wanted}".`}>
            Try a part of an address, a template's or a personality's name, or a network such as{' '}
            <code>10.1.0.0/24</code>.
          </Empty>
        ) : (
          <Empty title="No host is bound.">
            Bind one in the <a href="#/configuration">configuration</a>: <code>bind 10.1.0.2 netbsd</code>
          </Empty>
        ))}
      {total !== undefined && total > 0 && (
        <section class="panel host-table" aria-label="Hosts">
          <div class="host-row host-head muted" aria-hidden="true">
            <span>address</span>
            <span>template</span>
            <span>personality</span>
            <span>last contact, {zoneName()}</span>
            <span>by</span>
            <span class="number">contacts</span>
          </div>
          <VirtualList
            class="host-scroller"
            label={order ? 'Contacted hosts, last first' : 'Hosts, by address'}
            count={total}
            rowHeight={isNarrow.value ? 68 : 30}
            keyOf={(index) => index}
            onView={(first, last) => pages.show(first, last)}
            row={(index) => {
              const host = pages.at(index);
              if (!host) return <span class="host-row muted">...</span>;
              return (
                <a class="host-row" href={hostPage(host.address)}>
                  <span class="mono">{host.address}</span>
                  <span>{host.template}</span>
                  <span class="muted">{host.personality}</span>
                  <LastContact host={host} />
                </a>
              );
            }}
          />
        </section>
      )}
    </>
  );
}

function LastContact({ host }: { host: HostLine }) {
  if (host.last_contact === null) return <span class="muted">none in memory</span>;
  return (
    <>
      <span>{moment(host.last_contact)}</span>
      <span class="mono">{host.last_source}</span>
      <span class="number">{count(host.contacts)}</span>
    </>
  );
}
