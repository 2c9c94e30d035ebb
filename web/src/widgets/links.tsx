import { hostPage, sourcePage } from '../shell/route';

/** An address as plain text, with a link to its details. */
export function SourceLink({ address }: { address: string }) {
  return (
    <a class="address" href={sourcePage(address)}>
      {address}
    </a>
  );
}

export function HostLink({ address, port }: { address: string; port?: number }) {
  return (
    <a class="address" href={hostPage(address)}>
      {address}
      {port !== undefined && <span class="muted">:{port}</span>}
    </a>
  );
}
