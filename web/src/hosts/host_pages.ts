import { signal } from '@preact/signals';

import { ask, query, sentenceOf } from '../daemon/client';
import type { HostLine, HostPage } from '../daemon/interface';

const pageSize = 200;
const mostPages = 60;
const refreshMilliseconds = 5000;

/** All matching hosts. Fetches only the pages in view. */
export class HostPages {
  /** undefined: not loaded yet. */
  readonly total = signal<number | undefined>(undefined);
  readonly trouble = signal('');
  /** Increases with each response, so that the list is drawn again. */
  readonly version = signal(0);
  private readonly pages = new Map<number, HostLine[]>();
  private readonly asked = new Set<number>();
  private readonly leave = new AbortController();

  /** Refreshes the pages in view from time to time, since contacts change. */
  private readonly timer = setInterval(() => this.refresh(), refreshMilliseconds);
  private view: [first: number, last: number] = [0, 1];

  constructor(
    private readonly wanted: string,
    private readonly order: string,
  ) {
    void this.fetch(0);
  }

  close(): void {
    clearInterval(this.timer);
    this.leave.abort();
  }

  private refresh(): void {
    if (document.hidden) return;
    const [first, last] = this.view;
    for (let page = Math.floor(first / pageSize); page * pageSize < Math.max(last, 1); ++page)
      if (!this.asked.has(page)) void this.fetch(page);
  }

  at(index: number): HostLine | undefined {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  show(first: number, last: number): void {
    this.view = [first, last];
    for (let page = Math.floor(first / pageSize); page * pageSize < last; ++page) {
      if (!this.pages.has(page) && !this.asked.has(page)) void this.fetch(page);
    }
  }

  private async fetch(page: number): Promise<void> {
    this.asked.add(page);
    try {
      const answer = await ask<HostPage>(
        `hosts${query({ offset: page * pageSize, limit: pageSize, query: this.wanted, order: this.order })}`,
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
