import { signal } from '@preact/signals';

import { ask, sentenceOf } from '../daemon/client';
import type { CheckAnswer, Diagnostic } from '../daemon/interface';

const settledMilliseconds = 350;

/** Sends a text to the daemon for a check shortly after its last change. */
export class Check {
  readonly diagnostics = signal<Diagnostic[]>([]);
  readonly state = signal<'checking' | 'checked' | 'failed'>('checking');
  readonly trouble = signal('');
  private timer = 0;
  private asked?: AbortController;

  soon(text: string): void {
    this.close();
    this.state.value = 'checking';
    this.timer = setTimeout(() => void this.now(text), settledMilliseconds);
  }

  close(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  private async now(text: string): Promise<void> {
    const asked = (this.asked = new AbortController());
    try {
      const answer = await ask<CheckAnswer>('configuration/check', {
        method: 'POST',
        body: text,
        signal: asked.signal,
      });
      this.diagnostics.value = answer.diagnostics;
      this.state.value = 'checked';
      this.trouble.value = '';
    } catch (error) {
      if (asked.signal.aborted) return;
      this.state.value = 'failed';
      this.trouble.value = sentenceOf(error);
    }
  }
}
