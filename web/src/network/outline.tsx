import { useSignal } from '@preact/signals';

import type { TemplateCounts } from '../daemon/interface';
import { icons } from '../shell/icons';
import { count, counted } from '../widgets/format';
import { networkText } from './address';
import { type Choice, selection } from './choice';
import { blockOf, contentsOf, fold, unfold } from './contents';
import { type NetworkModel, type Router, type Subnet, sum } from './model';

const mostShown = 256;

/** The network as text: the same content as the map, for the keyboard and screen readers. */
export function Outline({ model }: { model: NetworkModel }) {
  const { others, lost } = model.topology;
  return (
    <nav class="outline panel" aria-label="The network as an outline">
      <div class="panel-head">
        <h2>Outline</h2>
        <span class="muted">{model.topology.name}</span>
      </div>
      <ul class="tree">
        {model.entries.map((router) => (
          <RouterBranch key={router.index} router={router} />
        ))}
        {model.subnets
          .filter(({ router }) => !router)
          .map((subnet) => (
            <SubnetBranch key={subnet.name} subnet={subnet} />
          ))}
      </ul>
      {sum(lost) > 0 && (
        <p class="outline-note">
          {counted(sum(lost), 'host')} at unreachable addresses: {templatesText(lost)}.
        </p>
      )}
      {others && <p class="outline-note">All other addresses have the template {others}.</p>}
    </nav>
  );
}

export const templatesText = (templates: TemplateCounts) =>
  Object.entries(templates)
    .map(([name, hosts]) => `${count(hosts)} ${name}`)
    .join(', ');

function isChosen(choice: Choice): boolean {
  return JSON.stringify(selection.value) === JSON.stringify(choice);
}

function Chooser({ choice, name, note }: { choice: Choice; name: string; note?: string }) {
  return (
    <button
      type="button"
      class="quiet chooser"
      aria-pressed={isChosen(choice)}
      onClick={() => {
        selection.value = choice;
      }}
    >
      <span class="mono">{name}</span>
      {note && <span class="muted">{note}</span>}
    </button>
  );
}

function RouterBranch({ router }: { router: Router }) {
  return (
    <li>
      <Chooser
        choice={{ kind: 'router', address: router.data.address }}
        name={router.data.address}
        note={router.quality || `router${router.data.kind && `, ${router.data.kind}`}`}
      />
      <ul>
        {router.subnets.map((subnet) => (
          <SubnetBranch key={subnet.name} subnet={subnet} />
        ))}
        {router.tunnels.map(({ name, networks }) => (
          <li key={name} class="outline-note">
            tunnel {name} to {networks.join(', ')}
          </li>
        ))}
        {router.children.map((child) => (
          <RouterBranch key={child.index} router={child} />
        ))}
      </ul>
    </li>
  );
}

function SubnetBranch({ subnet }: { subnet: Subnet }) {
  const contents = contentsOf(subnet);
  const isOpen = useSignal(false);
  const toggle = () => {
    isOpen.value = !isOpen.value;
    if (isOpen.value && contents.kind === 'folded') void unfold(subnet);
    if (!isOpen.value && subnet.hosts > 64) fold(subnet);
  };
  const open = isOpen.value && contents.kind !== 'folded';
  return (
    <li>
      <span class="branch">
        <button
          type="button"
          class="quiet twist"
          aria-expanded={open}
          aria-label={`Hosts of ${subnet.name}`}
          onClick={toggle}
        >
          {open ? icons.unfolded : icons.folded}
        </button>
        <Chooser
          choice={{ kind: 'subnet', name: subnet.name }}
          name={subnet.name}
          note={counted(subnet.hosts, 'host')}
        />
      </span>
      {open && (
        <ul>
          {contents.kind === 'hosts' &&
            contents.hosts.slice(0, mostShown).map(({ address, template }) => (
              <li key={address}>
                <Chooser choice={{ kind: 'host', address }} name={address} note={template} />
              </li>
            ))}
          {contents.kind === 'blocks' &&
            Array.from({ length: Math.min(contents.cells, mostShown) }, (_, cell) =>
              blockOf(contents, cell),
            ).map((block) => (
              <li key={block.base}>
                <button type="button" class="quiet chooser mono" onClick={() => void unfold(subnet, block)}>
                  {networkText(block)}
                </button>
              </li>
            ))}
          {contents.within.length > subnet.network.length && (
            <li>
              <button type="button" class="quiet chooser" onClick={() => void unfold(subnet)}>
                Back to {subnet.name}
              </button>
            </li>
          )}
          {contents.kind === 'hosts' && contents.hosts.length > mostShown && (
            <li class="outline-note">
              <a href={`#/hosts?query=${networkText(contents.within)}`}>
                All {counted(contents.hosts.length, 'host')}
              </a>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}
