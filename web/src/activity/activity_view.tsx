import { activity } from '../daemon/poll';
import { route } from '../shell/route';
import { zoneName } from '../shell/zone';
import { count, moment } from '../widgets/format';
import { EventList } from './event_list';
import { Filters, filterParameters } from './filters';
import { RateChart } from './rate_chart';
import { SourceView } from './source_view';
import { Tops } from './tops';

export function ActivityView() {
  const [what, address] = route.value.rest;
  if (what === 'source' && address) return <SourceView key={address} address={address} />;
  const known = activity.value;
  return (
    <>
      <div class="title-line">
        <h1>Activity</h1>
        {known && (
          <p class="muted">
            {count(known.events)} events since {moment(known.since)} {zoneName()}
          </p>
        )}
      </div>
      <div class="activity">
        <div class="activity-main">
          <RateChart />
          <Filters />
          <EventList key={filterParameters()} parameters={filterParameters()} />
        </div>
        <Tops />
      </div>
    </>
  );
}
