import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { Visitors } from '../daemon/interface';
import { follow } from '../daemon/stream';
import { icons } from '../shell/icons';
import { isDark } from '../shell/theme';
import { sourcePage } from '../shell/route';
import { ago, counted } from '../widgets/format';
import { networkText, parseAddress } from './address';
import { selection } from './choice';
import { blockOf, cellOf, goUp, unfold, unfolded } from './contents';
import { type Layout, layOut } from './layout';
import type { NetworkModel } from './model';
import { type Found, Stage } from './stage';
import { noteForTicker } from './ticker';
import type { RimVisitor } from './rim';
import { minutesBack } from './visitors';

const kindsOnMap = '?kind=contact,icmp,scan,flow_start,credential';

export function Map({ model, visitors }: { model: NetworkModel; visitors?: Visitors }) {
  const frame = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const stage = useRef<Stage | undefined>(undefined);
  const layout = useRef<Layout | undefined>(undefined);
  const size = useSignal({ width: 0, height: 0 });
  const pointed = useSignal<{ text: string; x: number; y: number } | undefined>(undefined);

  useEffect(() => {
    const element = frame.current!;
    const made = new Stage(below.current!, above.current!);
    stage.current = made;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
      made.resize(element.clientWidth, element.clientHeight);
    });
    observer.observe(element);
    const leave = follow(kindsOnMap, {
      onEvents: (events) => {
        made.take(events);
        noteForTicker(events);
      },
    });
    return () => {
      leave();
      observer.disconnect();
      made.close();
    };
  }, []);

  const direction = size.value.width < size.value.height * 1.05 ? 'down' : 'across';
  useEffect(() => {
    layout.current = layOut(model, direction);
    stage.current!.setLayout(model, layout.current);
  }, [model, direction, unfolded.value]);
  useEffect(() => {
    const chosen = selection.value;
    const places = layout.current?.places ?? [];
    const found = model.find(chosen?.kind === 'host' ? parseAddress(chosen.address) : -1);
    const place = places.find(({ router, subnet }) =>
      chosen?.kind === 'router'
        ? router?.data.address === chosen.address
        : chosen?.kind === 'subnet'
          ? subnet?.name === chosen.name
          : subnet !== undefined && subnet === found?.subnet,
    );
    const cell =
      chosen?.kind === 'host' && place?.contents ? cellOf(place.contents, parseAddress(chosen.address)) : -1;
    stage.current!.choose({ place, cell });
  }, [model, direction, selection.value, unfolded.value]);
  const back = minutesBack.value;
  useEffect(() => {
    if (visitors) stage.current!.showVisitors(visitors, back);
  }, [visitors, back]);
  useSignalEffect(() => {
    void isDark.value;
    stage.current?.recolour();
  });

  const at = (event: MouseEvent) => {
    const box = above.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const point = (event: MouseEvent) => {
    const where = at(event);
    const visitor = stage.current?.findVisitor(where);
    const found = stage.current?.find(where);
    above.current!.style.cursor = visitor || found ? 'pointer' : 'grab';
    const text = visitor ? nameOfVisitor(visitor) : found && nameOf(found);
    pointed.value = text === undefined ? undefined : { text, ...where };
  };
  return (
    <div class="map" ref={frame}>
      <canvas ref={below} aria-hidden="true" />
      <canvas
        ref={above}
        role="img"
        aria-label="The network as a map. The visitors and the outline beside it show the same as text."
        onClick={(event) => {
          const visitor = stage.current?.findVisitor(at(event));
          if (visitor) location.hash = sourcePage(visitor.address);
          else act(stage.current?.find(at(event)));
        }}
        onPointerMove={point}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      />
      {pointed.value && (
        <p class="map-tip" style={{ left: `${pointed.value.x}px`, top: `${pointed.value.y}px` }}>
          {pointed.value.text}
        </p>
      )}
      <div class="map-buttons" role="group" aria-label="The map">
        <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => stage.current?.zoomBy(1.5)}>
          {icons.plus}
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out"
          onClick={() => stage.current?.zoomBy(1 / 1.5)}
        >
          {icons.minus}
        </button>
        <button type="button" aria-label="Show all" title="Show all" onClick={() => stage.current?.fit()}>
          {icons.fit}
        </button>
      </div>
    </div>
  );
}

const nameOfVisitor = ({ address, events, last }: RimVisitor) =>
  `${address}: ${counted(events, 'event')}, the last ${ago(last, Date.now() / 1000)}`;

function nameOf({ place, cell, onLabel }: Found): string {
  const { router, subnet, tunnel, contents } = place;
  if (router) return `router ${router.data.address}`;
  if (tunnel) return `tunnel ${tunnel.name}`;
  if (!subnet || !contents) return '';
  if (onLabel)
    return contents.kind === 'folded'
      ? 'Unfold'
      : contents.within.length > subnet.network.length
        ? 'Back to the whole'
        : 'Fold';
  if (contents.kind === 'folded') return `${subnet.name}: ${counted(subnet.hosts, 'host')}. Click to unfold`;
  if (cell < 0) return subnet.name;
  if (contents.kind === 'blocks') return networkText(blockOf(contents, cell));
  const host = contents.hosts[cell];
  return host ? `${host.address} ${host.template}` : subnet.name;
}

function act(found: Found | undefined): void {
  if (!found) return;
  const {
    place: { router, subnet, contents },
    cell,
    onLabel,
  } = found;
  if (router) selection.value = { kind: 'router', address: router.data.address };
  if (!subnet || !contents) return;
  const host = contents.kind === 'hosts' && !onLabel ? contents.hosts[cell] : undefined;
  selection.value = host ? { kind: 'host', address: host.address } : { kind: 'subnet', name: subnet.name };
  if (onLabel) void goUp(subnet);
  else if (contents.kind === 'folded') void unfold(subnet);
  else if (contents.kind === 'blocks' && cell >= 0) void unfold(subnet, blockOf(contents, cell));
}
