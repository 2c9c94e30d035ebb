import { isNarrow } from '../widgets/media';
import { route } from '../shell/route';
import { Conversation } from './conversation';
import { SessionList } from './session_list';

export function SessionsView() {
  const [flow] = route.value.rest;
  const listBeside = !isNarrow.value || !flow;
  return (
    <>
      <h1 class={flow && isNarrow.value ? 'for-readers' : ''}>Sessions</h1>
      <div class="sessions">
        {listBeside && <SessionList chosen={flow} />}
        {flow ? (
          <Conversation key={flow} flow={flow} />
        ) : (
          !isNarrow.value && (
            <section class="panel session-none">
              <p class="muted">Choose a conversation to read or replay it.</p>
            </section>
          )
        )}
      </div>
    </>
  );
}
