import { useEffect, useRef } from 'preact/hooks';

import { giveToken, tokenWanted } from '../daemon/token';

/** Asks for the token, once per tab. */
export function TokenDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const reason = tokenWanted.value;
  useEffect(() => {
    if (reason) dialog.current?.showModal();
    else dialog.current?.close();
  }, [reason]);
  const submit = (event: Event) => {
    event.preventDefault();
    const given = field.current!.value.trim();
    field.current!.value = '';
    if (given) giveToken(given);
  };
  return (
    <dialog ref={dialog} class="token-dialog" aria-labelledby="token-title" onCancel={() => giveToken('')}>
      <form onSubmit={submit}>
        <h2 id="token-title">A token, please</h2>
        <p>
          {reason} It is the first line of the file of <code>apiary run --web-token</code>, normally{' '}
          <code>/run/apiary/web-token</code>; <code>apiary web</code> prints a URL with it. This tab forgets it when it
          is closed.
        </p>
        <label>
          Token <input ref={field} type="password" autocomplete="off" spellcheck={false} required />
        </label>
        <div class="buttons">
          <button type="button" class="quiet" onClick={() => giveToken('')}>
            Not now
          </button>
          <button type="submit" class="primary">
            Go on
          </button>
        </div>
      </form>
    </dialog>
  );
}
