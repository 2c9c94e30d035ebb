#include "sink/event_text.h"

#include <fmt/format.h>

#include "base/overloaded.h"

namespace apiary {

std::string_view protocol_name(IpProtocol protocol) {
  switch (protocol) {
    case IpProtocol::icmp:
      return "icmp";
    case IpProtocol::tcp:
      return "tcp";
    case IpProtocol::udp:
      return "udp";
  }
  return "ip";
}

namespace {

/// "192.0.2.2:4000 > 10.1.0.2:80 tcp"; ICMP has no ports.
std::string flow_text(const FlowKey& flow) {
  if (flow.protocol == IpProtocol::icmp)
    return fmt::format("{} > {} icmp", to_string(flow.remote.address),
                       to_string(flow.local.address));
  return fmt::format("{} > {} {}", to_string(flow.remote), to_string(flow.local),
                     protocol_name(flow.protocol));
}

}  // namespace

std::string event_text(const Event& event) {
  return std::visit(
      overloaded{
          [](const FlowOpened& e) {
            return fmt::format("{}: connected to {}", flow_text(e.flow), e.template_name);
          },
          [](const FlowClosed& e) {
            return fmt::format("{}: {}; {} bytes received, {} sent", flow_text(e.flow),
                               to_string(e.end), e.received_bytes, e.sent_bytes);
          },
          [](const Heard& e) {
            return fmt::format("{}: says {} bytes", flow_text(e.flow), e.bytes.size());
          },
          [](const Probed& e) {
            return fmt::format("{}: {}", flow_text(e.flow), to_string(e.type));
          },
          [](const LeaseGained& e) {
            return fmt::format("{} was lent by {} to {} ({})", to_string(e.address),
                               to_string(e.server), e.template_name, to_string(e.mac));
          },
          [](const LeaseLost& e) {
            return fmt::format("{} is no more of {} ({}): {}", to_string(e.address),
                               e.template_name, to_string(e.mac), e.why);
          },
          [](const AddressInUse& e) {
            return fmt::format(
                "{} belongs to the real machine {}: {}", to_string(e.address), to_string(e.owner),
                e.is_contested ? "answered nonetheless (--arp=force)" : "left alone");
          },
      },
      event);
}

}  // namespace apiary
