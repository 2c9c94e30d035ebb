#include "daemon/packet_remark.h"

#include <fmt/format.h>

#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {
namespace {

/// "tcp 80: closed". Empty for other protocols and for later fragments, which have no port.
std::string rule_of(const HostTemplate& host_template, const ListeningPorts& listening,
                    const IpDatagram& datagram) {
  if (datagram.is(IpProtocol::icmp)) return "icmp: " + describe(host_template.icmp_default);
  if (datagram.fragment_offset_bytes != 0) return "";
  if (datagram.is(IpProtocol::tcp))
    if (const auto segment = parse_tcp(datagram.payload))
      return fmt::format(
          "tcp {}: {}", segment->destination_port.number,
          describe(host_template.action(IpProtocol::tcp, segment->destination_port, listening)));
  if (datagram.is(IpProtocol::udp) && datagram.payload.size() >= sizeof(wire::UdpHeader)) {
    const Port port{wire::read<wire::UdpHeader>(datagram.payload).destination_port};
    return fmt::format("udp {}: {}", port.number,
                       describe(host_template.action(IpProtocol::udp, port, listening)));
  }
  return "";
}

}  // namespace

std::string packet_remark(const Engine& engine, Instant now, Bytes frame, LinkLayer link_layer,
                          std::optional<DropReason> dropped) {
  std::string remark;
  if (dropped) remark = fmt::format("dropped: {}", describe(*dropped));
  const auto decoded = decode_frame(frame, link_layer);
  const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
  if (datagram == nullptr) return remark;
  const HostTemplate* const host_template =
      engine.host_at(datagram->destination, datagram->source, datagram->protocol, now);
  if (host_template == nullptr) return remark;
  const std::string rule = rule_of(*host_template, engine.listening(), *datagram);
  return fmt::format("{}{}{}{}{}", remark, remark.empty() ? "" : "; ", host_template->name,
                     rule.empty() ? "" : ", ", rule);
}

}  // namespace apiary
