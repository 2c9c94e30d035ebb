import { useSignal } from '@preact/signals';

import { request, sentenceOf } from '../daemon/client';

const formats = ['csv', 'json'] as const;

/** Saves all entries of a list as a file. `parameters` is the query string of its filters. */
export function Exports({ what, parameters }: { what: string; parameters: string }) {
  const busy = useSignal(false);
  const trouble = useSignal('');
  const save = async (format: string) => {
    busy.value = true;
    trouble.value = '';
    try {
      const query = new URLSearchParams(parameters);
      query.set('format', format);
      await saveAnswer(await request(`export/${what}?${query}`));
    } catch (error) {
      trouble.value = sentenceOf(error);
    }
    busy.value = false;
  };
  return (
    <span class="exports" role="group" aria-label={`Export these ${what}`}>
      {trouble.value && <span class="refusal">{trouble.value}</span>}
      <span class="muted" aria-hidden="true">
        Export
      </span>
      {formats.map((format) => (
        <button
          key={format}
          type="button"
          class="quiet"
          disabled={busy.value}
          aria-label={`Export these ${what} as ${format.toUpperCase()}`}
          onClick={() => void save(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}

async function saveAnswer(response: Response): Promise<void> {
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name ?? 'apiary-export';
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
