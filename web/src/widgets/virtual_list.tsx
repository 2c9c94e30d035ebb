import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Browsers fail somewhere above 16 million pixels; a longer list scrolls in larger steps. */
const tallest = 8_000_000;
const rowsBeyondView = 6;

interface Props {
  count: number;
  rowHeight: number;
  label: string;
  row(index: number): ComponentChildren;
  keyOf(index: number): string | number;
  class?: string;
  onView?(first: number, last: number): void;
}

/** A list that renders only the rows in view. The style sheet sets its height. */
export function VirtualList({ count, rowHeight, label, row, keyOf, onView, class: kind = '' }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(0);
  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      height.value = Math.min(element.clientHeight, innerHeight);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const space = Math.min(count * rowHeight, tallest);
  const stretch = space > height.value ? (count * rowHeight - height.value) / (space - height.value) : 1;
  const offset = Math.max(0, Math.min(top.value, space - height.value)) * stretch;
  const first = Math.max(0, Math.floor(offset / rowHeight) - rowsBeyondView);
  const last = Math.min(count, Math.ceil((offset + height.value) / rowHeight) + rowsBeyondView);
  useEffect(() => {
    if (height.value > 0) onView?.(first, last);
  }, [first, last, count, height.value > 0]);

  const rows = [];
  for (let index = first; index < last; ++index) {
    const y = index * rowHeight - offset + Math.min(top.value, Math.max(0, space - height.value));
    rows.push(
      <div
        key={keyOf(index)}
        class="scroller-row"
        role="listitem"
        aria-setsize={count}
        aria-posinset={index + 1}
        style={{ height: `${rowHeight}px`, transform: `translateY(${y}px)` }}
      >
        {row(index)}
      </div>,
    );
  }
  return (
    <div
      class={`scroller ${kind}`}
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={label}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="scroller-space" role="list" aria-label={label} style={{ height: `${space}px` }}>
        {rows}
      </div>
    </div>
  );
}
