#include "device/device.h"

#include "device/af_packet.h"
#include "device/af_xdp.h"
#include "device/tun.h"

namespace apiary {

DeviceCounters Device::counters() const {
  DeviceCounters sum;
  for (const auto& queue : queues_) {
    const DeviceCounters one = queue->counters();
    sum.receive_drops += one.receive_drops;
    sum.truncated += one.truncated;
    sum.skipped += one.skipped;
  }
  return sum;
}

tl::expected<std::unique_ptr<Device>, SystemError> open_device(const DeviceSpec& spec,
                                                               const ReceiveFilter& filter,
                                                               std::size_t queues) {
  if (spec.type == DeviceType::tun) return Tun::open(spec.interface, filter.addresses, queues);
  if (spec.io != EthernetIo::packet && queues > 1)
    return tl::unexpected(SystemError{
        spec.interface + ": AF_XDP serves one thread; use --io packet, or leave out --threads"});
  if (spec.io != EthernetIo::packet)
    return AfXdp::open(spec.interface, filter, spec.io == EthernetIo::xdp_generic);
  return AfPacket::open(spec.interface, filter, queues);
}

}  // namespace apiary
