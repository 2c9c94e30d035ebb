#include "lan/dhcp_lease.h"

namespace apiary {
namespace {

Instant later(Instant at, Duration time) {
  return time >= Instant::max() - at ? Instant::max() : at + time;
}

}  // namespace

void set_times(Lease& lease, const DhcpMessage& ack, Instant now, Random& random) {
  const Duration whole = *ack.lease;
  lease.obtained = now;
  lease.expire = later(now, whole);
  if (whole == Duration::max()) {
    lease.renew = lease.rebind = Instant::max();
    return;
  }
  // A little earlier, so that hosts that started together do not renew together.
  const Duration default_renewal = whole / 2 - below(whole / 50, random);
  const Duration renewal = ack.renewal.value_or(default_renewal);
  const Duration rebinding = ack.rebinding.value_or(whole / 8 * 7);
  const bool makes_sense = renewal < rebinding && rebinding < whole;
  lease.renew = now + (makes_sense ? renewal : default_renewal);
  lease.rebind = now + (makes_sense ? rebinding : whole / 8 * 7);
}

}  // namespace apiary
