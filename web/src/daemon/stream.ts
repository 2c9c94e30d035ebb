import { request } from './client';
import { noteAnswer, noteTrouble } from './connection';
import type { ApiaryEvent } from './event';
import { MessageReader } from './message_reader';

/** The most events that wait for a frame. A hidden tab has no frames; it drops the oldest. */
const waitingLimit = 4000;
const longestPauseMilliseconds = 8000;
/** The daemon sends something every 15 s. A stream that is silent for longer is broken. */
const longestSilenceMilliseconds = 40_000;

export interface Listener {
  /** Called at most once per frame, in the order of the events. */
  onEvents(events: ApiaryEvent[]): void;
  /** The daemon or the dashboard could not keep up and dropped events. */
  onLost?(count: number): void;
  /** The stream has opened or reopened. Events during an interruption are missing. */
  onOpen?(again: boolean): void;
  /** The daemon refuses the stream for the given reason. */
  onRefusal?(error: unknown): void;
}

/** Follows events until the returned function is called. `parameters` is a query string. */
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
