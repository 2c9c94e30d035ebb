import 'uplot/dist/uPlot.min.css';

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

import type { Rates } from '../daemon/interface';
import { activity } from '../daemon/poll';
import { colourOf, isDark } from '../shell/theme';
import { zone, zoneName } from '../shell/zone';
import { clock, rate } from '../widgets/format';

const spans = [
  { name: '1 min', seconds: 60 },
  { name: '5 min', seconds: 300 },
  { name: '15 min', seconds: 900 },
];
const height = 132;

/** Leaves out the last second, which is not over yet. */
function dataOf(rates: Rates, seconds: number): uPlot.AlignedData {
  const length = Math.min(rates.events.length - 1, Math.ceil(seconds / rates.step_seconds));
  const cut = (series: number[]) => series.slice(-1 - length, -1).map((sum) => sum / rates.step_seconds);
  const times = Array.from({ length }, (_, index) => rates.until - (length - index) * rates.step_seconds);
  return [times, cut(rates.events), cut(rates.contacts), cut(rates.flows)];
}

function makeChart(place: HTMLElement, onPoint: (index: number | null) => void): uPlot {
  const line = (colour: string, width: number): uPlot.Series => ({
    stroke: colourOf(colour),
    width,
    points: { show: false },
  });
  const axis: uPlot.Axis = {
    stroke: colourOf('--muted'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colourOf('--line'), width: 1 },
  };
  return new uPlot(
    {
      width: place.clientWidth,
      height,
      padding: [8, 6, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
      scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 24, values: (_, ticks) => ticks.map(clock), space: 90 },
        {
          ...axis,
          size: 44,
          space: 28,
          values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? rate(tick) : '')),
        },
      ],
      series: [
        {},
        { ...line('--honey-fill', 1.5), fill: colourOf('--honey-soft') },
        line('--muted', 1),
        line('--good', 1.5),
      ],
      hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
    },
    [[], [], [], []],
    place,
  );
}

export function RateChart() {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const span = useSignal(300);
  const pointed = useSignal<number | null>(null);
  const refresh = () => {
    const rates = activity.value?.rates;
    if (rates) chart.current?.setData(dataOf(rates, span.value));
  };
  useEffect(() => {
    const element = place.current!;
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    chart.current = makeChart(element, (index) => {
      pointed.value = index;
    });
    observer.observe(element);
    refresh();
    return () => {
      observer.disconnect();
      chart.current?.destroy();
    };
  }, [isDark.value, zone.value]);
  useSignalEffect(refresh);

  const rates = activity.value?.rates;
  const data = rates ? dataOf(rates, span.value) : undefined;
  const index = pointed.value ?? (data ? data[0].length - 1 : 0);
  const value = (series: number) => (data ? rate(data[series]?.[index] ?? 0) : '');
  return (
    <section class="panel rates" aria-label="Rates over time">
      <div class="panel-head">
        <h2>Rates</h2>
        <div class="chart-legend">
          <span class="key-events">{value(1)} events/s</span>
          <span class="key-contacts">{value(2)} contacts/s</span>
          <span class="key-flows">{value(3)} connected/s</span>
          {pointed.value !== null && data && (
            <em>
              {clock(data[0][index] ?? 0)} {zoneName()}
            </em>
          )}
        </div>
        <div class="spans push" role="group" aria-label="Span">
          {spans.map(({ name, seconds }) => (
            <button
              key={name}
              type="button"
              class="quiet"
              aria-pressed={span.value === seconds}
              onClick={() => {
                span.value = seconds;
              }}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      <div class="chart" role="img" aria-label={`Events per second; ${value(1)} now`}>
        <div ref={place} />
      </div>
    </section>
  );
}
