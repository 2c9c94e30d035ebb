import { type Signal, signal } from '@preact/signals';

/** The position in a replayed conversation, in seconds. */
export class Player {
  readonly at: Signal<number>;
  readonly playing = signal(false);
  readonly speed = signal(1);
  /** Until the reader plays or moves, shows all of it, including new parts. */
  readonly untouched = signal(true);
  private timer = 0;
  private before = 0;

  constructor(private length: number) {
    this.at = signal(length);
  }

  /** An open conversation becomes longer. */
  lengthen(length: number): void {
    this.length = length;
    if (this.untouched.value) this.at.value = length;
  }

  toggle(): void {
    if (this.playing.value) return this.pause();
    if (this.at.value >= this.length) this.at.value = 0;
    this.untouched.value = false;
    this.playing.value = true;
    this.before = performance.now();
    this.timer = setInterval(() => this.advance(performance.now()), 50);
  }

  pause(): void {
    this.playing.value = false;
    clearInterval(this.timer);
  }

  moveTo(at: number): void {
    this.untouched.value = at >= this.length;
    this.at.value = at;
  }

  private advance(now: number): void {
    this.at.value = Math.min(this.length, this.at.value + ((now - this.before) / 1000) * this.speed.value);
    this.before = now;
    if (this.at.value >= this.length) {
      this.pause();
      this.untouched.value = true;
    }
  }
}
