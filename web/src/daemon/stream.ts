import { request } from './client';
import { noteAnswer, noteTrouble } from './connection';
import type { ApiaryEvent } from './event';
import { MessageReader } from './message_reader';

/** What may wait for a frame. A tab that nobody looks at has no frames: the oldest go. */
const waitingLimit = 4000;
const longestPauseMilliseconds = 8000;
/** The daemon says at least something every 15 s. A stream that is silent for longer has broken unseen. */
const longestSilenceMilliseconds = 40_000;

export interface Listener {
  /** At most once a frame, in the order in which they were told. */
  onEvents(events: ApiaryEvent[]): void;
  /** The daemon, or this page, could not keep up with so many. */
  onLost?(count: number): void;
  /** The stream is there; again, if it had broken: what was told meanwhile is missing. */
  onOpen?(again: boolean): void;
  /** The daemon refuses, for the reason given; there is no stream. */
  onRefusal?(error: unknown): void;
}

/** Follows what happens until the returned function is called. `parameters` is a query string. */
export function follow(parameters: string, listener: Listener): () => void {
  const leave = new AbortController();
  let waiting: ApiaryEvent[] = [];
  let frame = 0;

  const deliver = () => {
    frame = 0;
    const events = waiting;
    waiting = [];
    listener.onEvents(events);
  };
  const reader = new MessageReader((name, data) => {
    if (name === 'lost') return listener.onLost?.((JSON.parse(data) as { count: number }).count);
    waiting.push(JSON.parse(data) as ApiaryEvent);
    if (waiting.length > waitingLimit * 1.25) {
      const excess = waiting.length - waitingLimit;
      waiting = waiting.slice(excess);
      listener.onLost?.(excess);
    }
    frame ||= requestAnimationFrame(deliver);
  });

  const readOnce = async (again: boolean) => {
    const silence = new AbortController();
    const watch = () => setTimeout(() => silence.abort(), longestSilenceMilliseconds);
    let watchdog = watch();
    try {
      const response = await request(`stream${parameters}`, {
        signal: AbortSignal.any([leave.signal, silence.signal]),
      });
      listener.onOpen?.(again);
      noteAnswer();
      reader.begin();
      for await (const chunk of chunksOf(response)) {
        clearTimeout(watchdog);
        watchdog = watch();
        reader.read(chunk);
      }
    } finally {
      clearTimeout(watchdog);
    }
  };
  const run = async () => {
    for (let attempt = 0; !leave.signal.aborted; ++attempt) {
      const begun = Date.now();
      try {
        await readOnce(attempt > 0);
      } catch (error) {
        if (leave.signal.aborted) return;
        noteTrouble(error);
        listener.onRefusal?.(error);
      }
      if (Date.now() - begun > longestPauseMilliseconds) attempt = 0;
      await new Promise((resume) =>
        setTimeout(resume, Math.min(500 * 2 ** attempt, longestPauseMilliseconds)),
      );
    }
  };
  void run();
  return () => {
    leave.abort();
    cancelAnimationFrame(frame);
  };
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
