import { signal } from '@preact/signals';

import { ask, query, sentenceOf } from '../daemon/client';
import type { HostLine, HostPage } from '../daemon/interface';

const pageSize = 200;
const mostPages = 60;

/** All hosts that match, of which only those pages are fetched that somebody looks at. */
export class HostPages {
  /** undefined: not known yet. */
  readonly total = signal<number | undefined>(undefined);
  readonly trouble = signal('');
  /** Counts up when something was fetched: what is shown may be drawn anew. */
  readonly version = signal(0);
  private readonly pages = new Map<number, HostLine[]>();
  private readonly asked = new Set<number>();
  private readonly leave = new AbortController();

  constructor(private readonly wanted: string) {
    void this.fetch(0);
  }

  close(): void {
    this.leave.abort();
  }

  at(index: number): HostLine | undefined {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  show(first: number, last: number): void {
    for (let page = Math.floor(first / pageSize); page * pageSize < last; ++page) {
      if (!this.pages.has(page) && !this.asked.has(page)) void this.fetch(page);
    }
  }

  private async fetch(page: number): Promise<void> {
    this.asked.add(page);
    try {
      const answer = await ask<HostPage>(
        `hosts${query({ offset: page * pageSize, limit: pageSize, query: this.wanted })}`,
        { signal: this.leave.signal },
      );
      this.pages.set(page, answer.hosts);
      const oldest = this.pages.keys().next().value;
      if (this.pages.size > mostPages && oldest !== undefined) this.pages.delete(oldest);
      this.total.value = answer.total;
      this.trouble.value = '';
      ++this.version.value;
    } catch (error) {
      if (!this.leave.signal.aborted) this.trouble.value = sentenceOf(error);
    } finally {
      this.asked.delete(page);
    }
  }
}
