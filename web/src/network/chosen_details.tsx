import { HostDetails } from '../hosts/host_details';
import { icons } from '../shell/icons';
import { hostPage } from '../shell/route';
import { count, counted } from '../widgets/format';
import { type Choice, selection } from './choice';
import { contentsOf, goUp } from './contents';
import type { NetworkModel, Router, Subnet } from './model';

/** Details of the selected part of the network. */
export function ChosenDetails({ model, choice }: { model: NetworkModel; choice: Choice }) {
  const router =
    choice.kind === 'router' ? model.routers.find(({ data }) => data.address === choice.address) : undefined;
  const subnet =
    choice.kind === 'subnet' ? model.subnets.find(({ name }) => name === choice.name) : undefined;
  const name = choice.kind === 'subnet' ? choice.name : choice.address;
  return (
    <section class="panel chosen-details" aria-label={`About ${name}`}>
      <div class="panel-head">
        <h2>
          <span class="muted">{choice.kind}</span> <span class="mono">{name}</span>
        </h2>
        {choice.kind !== 'subnet' && (
          <a class="push" href={hostPage(name)}>
            all of it
          </a>
        )}
        <button
          type="button"
          class={choice.kind === 'subnet' ? 'quiet push' : 'quiet'}
          aria-label="Close"
          onClick={() => {
            selection.value = undefined;
          }}
        >
          {icons.close}
        </button>
      </div>
      <div class="panel-body">
        {router && <RouterDetails router={router} />}
        {subnet && <SubnetDetails subnet={subnet} />}
        {choice.kind === 'host' && <HostDetails address={choice.address} />}
      </div>
    </section>
  );
}

function RouterDetails({ router: { data, parent, quality } }: { router: Router }) {
  return (
    <dl class="facts">
      {data.kind && (
        <>
          <dt>kind</dt>
          <dd>{data.kind}</dd>
        </>
      )}
      {data.entries.length > 0 && (
        <>
          <dt>entry for</dt>
          <dd>{data.entries.join(', ')}</dd>
        </>
      )}
      {parent && (
        <>
          <dt>behind</dt>
          <dd>
            {parent.data.address}
            {quality && `, ${quality}`}
          </dd>
        </>
      )}
      <dt>networks</dt>
      <dd>{data.networks.map(({ network }) => network).join(', ') || 'none'}</dd>
      {data.links.map(({ networks, quality: how, tunnel }, index) => [
        <dt key={`link ${index}`}>{tunnel ? 'tunnel' : 'link'}</dt>,
        <dd key={`networks ${index}`}>
          {networks.join(', ')}
          {tunnel && `, ${tunnel}`}
          {how && `: ${how}`}
        </dd>,
      ])}
    </dl>
  );
}

function SubnetDetails({ subnet }: { subnet: Subnet }) {
  const contents = contentsOf(subnet);
  const isPart = contents.kind !== 'folded' && contents.within.length > subnet.network.length;
  return (
    <>
      <p>
        {counted(subnet.hosts, 'host')}
        {!subnet.reached && ', unreachable'}
      </p>
      <dl class="facts">
        {Object.entries(subnet.templates)
          .sort((one, other) => other[1] - one[1])
          .map(([name, hosts]) => [
            <dt key={name}>{name}</dt>,
            <dd key={`${name} hosts`}>{count(hosts)}</dd>,
          ])}
      </dl>
      <div class="buttons">
        <button type="button" onClick={() => void goUp(subnet)}>
          {contents.kind === 'folded' ? 'Unfold' : isPart ? 'Back to the whole' : 'Fold'}
        </button>
        <a
          class="button-like"
          href={`#/hosts${subnet.router ? `?query=${encodeURIComponent(subnet.name)}` : ''}`}
        >
          List hosts
        </a>
      </div>
    </>
  );
}
