import type { ComponentChildren } from 'preact';

import { firstHost } from './first_host';

/** The text of an empty list: why it is empty, and what to do. */
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
    <Empty title="No host has been contacted yet.">
      {firstHost() && (
        <>
          From another machine, try <code>ping {firstHost()}</code>
        </>
      )}
    </Empty>
  );
}
