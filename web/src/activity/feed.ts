import { signal } from '@preact/signals';

import { ask, sentenceOf } from '../daemon/client';
import type { ApiaryEvent } from '../daemon/event';
import { follow } from '../daemon/stream';

const liveLimit = 5_000;
const scrolledLimit = 20_000;
const pageSize = 200;
/** Nobody reads faster, and drawing less often saves time. */
const refreshMilliseconds = 160;

interface EventPage {
  events: ApiaryEvent[];
  more: boolean;
}

/** A bounded live list of the events that match a filter. It can be paused. */
export class Feed {
  /** Newest first. */
  readonly shown = signal<ApiaryEvent[]>([]);
  readonly waiting = signal(0);
  readonly lost = signal(0);
  readonly trouble = signal('');
  readonly loaded = signal(false);
  private fresh: ApiaryEvent[] = [];
  private more = false;
  private asking = false;
  private held = false;
  private timer = 0;
  private turn = 0;
  private readonly leave: () => void;

  /** `parameters` is a query string of filters. Earlier events load without waiting for the stream. */
  constructor(private readonly parameters: string) {
    void this.catchUp();
    this.leave = follow(parameters, {
      onEvents: (events) => this.take(events),
      onLost: (count) => {
        this.lost.value += count;
      },
      onOpen: () => void this.catchUp(),
      onRefusal: (error) => {
        this.trouble.value = sentenceOf(error);
        this.loaded.value = true;
      },
    });
  }

  close(): void {
    this.leave();
    clearTimeout(this.timer);
  }

  /** While held, new events wait and the list does not change. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.publish();
  }

  private take(events: ApiaryEvent[]): void {
    this.fresh.push(...events);
    if (this.fresh.length > liveLimit) this.fresh = this.fresh.slice(-liveLimit);
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.publish();
    }, refreshMilliseconds);
  }

  private publish(): void {
    if (this.held || !this.loaded.value) {
      this.waiting.value = this.fresh.length;
      return;
    }
    this.waiting.value = 0;
    if (this.fresh.length === 0) return;
    this.shown.value = [...this.fresh.reverse(), ...this.shown.value].slice(0, liveLimit);
    this.fresh = [];
    this.more = this.more || this.shown.value.length === liveLimit;
  }

  /** Loads the events from before the stream began, or while it was interrupted. */
  private async catchUp(): Promise<void> {
    const turn = ++this.turn;
    try {
      const page = await this.page('');
      if (turn !== this.turn) return; // a newer request replaces this one
      const newest = this.shown.value[0]?.event.id ?? '';
      const missed = page.events.filter(({ event }) => event.id > newest);
      const newestMissed = missed[0]?.event.id ?? newest;
      this.fresh = this.fresh.filter(({ event }) => event.id > newestMissed);
      this.shown.value = [...missed, ...this.shown.value].slice(0, liveLimit);
      this.more = page.more;
      this.trouble.value = '';
      this.loaded.value = true;
      this.publish();
    } catch (error) {
      if (turn === this.turn) this.trouble.value = sentenceOf(error);
    }
  }

  /** Loads older events when the reader has scrolled to the end. */
  async extend(): Promise<void> {
    const oldest = this.shown.value.at(-1);
    if (!this.more || this.asking || !oldest || this.shown.value.length >= scrolledLimit) return;
    this.asking = true;
    try {
      const page = await this.page(oldest.event.id);
      this.shown.value = [...this.shown.value, ...page.events];
      this.more = page.more;
    } catch {
      // the next scroll retries
    } finally {
      this.asking = false;
    }
  }

  private page(before: string): Promise<EventPage> {
    const parameters = new URLSearchParams(this.parameters);
    parameters.set('limit', String(pageSize));
    if (before) parameters.set('before', before);
    return ask<EventPage>(`events?${parameters}`);
  }
}
