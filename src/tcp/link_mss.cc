#include "tcp/link_mss.h"

#include <algorithm>

#include "personality/path_mss.h"

namespace apiary {

void fit_mss_to_link(TcpReply& reply, const HostContext& host) {
  constexpr std::size_t ethernet_mtu_bytes = 1500, ip_and_tcp_bytes = 40;
  constexpr std::size_t least = 88;  // Linux' minimum (tcp_min_snd_mss and headers)
  const std::size_t mtu = host.outlet.interface(host.way.exit.interface).mtu_bytes;
  if (!host.is_on_link() || mtu >= ethernet_mtu_bytes) return;
  const auto mss =
      static_cast<std::uint16_t>(std::max(mtu, least + ip_and_tcp_bytes) - ip_and_tcp_bytes);
  const std::uint16_t said = parse_tcp_options(reply.options.bytes()).mss.value_or(0);
  if (said <= mss) return;
  reply.options.lower_mss(mss);
  reply.window = window_at_mss(reply.window, said, mss);
}

}  // namespace apiary
