import { useEffect, useMemo, useRef } from 'preact/hooks';

import { hostPage, replaceParameters, route } from '../shell/route';
import { Empty } from '../widgets/empty';
import { counted } from '../widgets/format';
import { isNarrow } from '../widgets/media';
import { VirtualList } from '../widgets/virtual_list';
import { HostPages } from './host_pages';

const settledMilliseconds = 250;

export function HostTable() {
  const wanted = route.value.parameters.get('query') ?? '';
  const pages = useMemo(() => new HostPages(wanted), [wanted]);
  useEffect(() => () => pages.close(), [pages]);
  const timer = useRef(0);
  const searchSoon = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => replaceParameters(new URLSearchParams(text.trim() ? { query: text.trim() } : {})),
      settledMilliseconds,
    );
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
      {total === 0 &&
        (wanted ? (
          <Empty title={`No host is like "${wanted}".`}>
            A part of an address, of a template's or a personality's name, or a network such as{' '}
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
          </div>
          <VirtualList
            class="host-scroller"
            label="Hosts, by address"
            count={total}
            rowHeight={isNarrow.value ? 50 : 30}
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
                </a>
              );
            }}
          />
        </section>
      )}
    </>
  );
}
