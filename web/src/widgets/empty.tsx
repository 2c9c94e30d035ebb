import type { ComponentChildren } from 'preact';

import { firstHost } from './first_host';

/** What a person reads where nothing is, yet: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

export function NobodySpoke() {
  return (
    <Empty title="Nobody has spoken to a host yet.">
      {firstHost() && (
        <>
          Try, from another machine: <code>ping {firstHost()}</code>
        </>
      )}
    </Empty>
  );
}
