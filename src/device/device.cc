#include "device/device.h"

#include "device/af_packet.h"
#include "device/tun.h"

namespace apiary {

tl::expected<std::unique_ptr<Device>, SystemError> open_device(std::string_view interface,
                                                               const ReceiveFilter& filter) {
  constexpr std::string_view tun_prefix = "tun:";
  if (interface.starts_with(tun_prefix))
    return Tun::open(interface.substr(tun_prefix.size()), filter.addresses);
  return AfPacket::open(interface, filter);
}

}  // namespace apiary
