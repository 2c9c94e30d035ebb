#include "lan/dhcp_clients.h"

namespace apiary {
namespace {

constexpr std::size_t least_message_bytes = 300;  // as in BOOTP (RFC 1542 section 2.1)

/// Appends options to a message.
class OptionWriter {
 public:
  explicit OptionWriter(std::vector<std::uint8_t>& target) : target_(target) {}

  void text(std::uint8_t code, std::string_view value) {
    if (value.empty()) return;
    target_.push_back(code);
    target_.push_back(static_cast<std::uint8_t>(value.size()));
    target_.insert(target_.end(), value.begin(), value.end());
  }
  void number(std::uint8_t code, std::uint64_t value, int bytes) {
    target_.push_back(code);
    target_.push_back(static_cast<std::uint8_t>(bytes));
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
      target_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  void client_mac(std::uint8_t code, const MacAddress& mac) {
    target_.insert(target_.end(), {code, 7, 1});  // 1: Ethernet
    target_.insert(target_.end(), mac.bytes.begin(), mac.bytes.end());
  }
  void address(std::uint8_t code, const std::optional<IpAddress>& value) {
    if (value) number(code, value->v4_value(), 4);
  }

 private:
  std::vector<std::uint8_t>& target_;
};

}  // namespace

std::string generated_host_name(const DhcpQuirks& quirks, std::uint64_t seed) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string name(quirks.host_name);
  for (int i = 0; i < quirks.random_letters; ++i)
    name += letters[(seed = mix_bits(seed)) % letters.size()];
  return name;
}

void emit_dhcp(const DhcpMessage& message, const DhcpQuirks& quirks, std::string_view host_name,
               std::vector<std::uint8_t>& target) {
  wire::DhcpHeader header{};
  header.operation = message.from_server ? 2 : 1;
  header.hardware_type = 1;
  header.hardware_length = 6;
  header.transaction = message.transaction;
  header.seconds = message.seconds;
  header.client = message.client.v4_value();
  header.yours = message.yours.v4_value();
  header.client_mac = message.client_mac;
  header.cookie = 0x63825363;
  target.assign(sizeof header, 0);
  wire::write(header, target);

  const bool asks = message.type == DhcpType::discover || message.type == DhcpType::request;
  OptionWriter options(target);
  for (const char character : quirks.order) {
    const auto code = static_cast<std::uint8_t>(character);
    if (code == dhcp_option::message_type)
      options.number(code, static_cast<std::uint8_t>(message.type), 1);
    if (code == dhcp_option::client_id) options.client_mac(code, message.client_mac);
    if (code == dhcp_option::requested_address) options.address(code, message.requested);
    if (code == dhcp_option::server) options.address(code, message.server);
    if (!asks) continue;
    if (code == dhcp_option::host_name) options.text(code, host_name);
    if (code == dhcp_option::full_name && message.type == DhcpType::request)
      options.text(code, std::string(3, '\0').append(host_name));
    if (code == dhcp_option::vendor_class) options.text(code, quirks.vendor_class);
    if (code == dhcp_option::parameters) options.text(code, quirks.parameters);
    if (code == dhcp_option::max_message_bytes) options.number(code, quirks.max_message_bytes, 2);
    if (code == dhcp_option::lease_time) options.number(code, quirks.lease_seconds, 4);
  }
  // Also from a system whose client sends no name by default.
  if (asks && quirks.order.find(static_cast<char>(dhcp_option::host_name)) == quirks.order.npos)
    options.text(dhcp_option::host_name, host_name);
  target.push_back(dhcp_option::end);
  if (target.size() < least_message_bytes) target.resize(least_message_bytes);
}

}  // namespace apiary
