#include "event/community_id.h"

#include <nettle/sha1.h>

#include <array>
#include <utility>

#include "event/base64.h"

namespace apiary {
namespace {

/// The type of the reply to `type`, which takes the place of the other port. A type without a reply
/// uses the code, and its flow has one direction.
std::pair<std::uint8_t, bool> counterpart_of(std::uint8_t type, std::uint8_t code) {
  switch (type) {
    case 8:
      return {std::uint8_t{0}, true};
    case 0:
      return {std::uint8_t{8}, true};
    case 13:
      return {std::uint8_t{14}, true};
    case 14:
      return {std::uint8_t{13}, true};
    case 15:
      return {std::uint8_t{16}, true};
    case 16:
      return {std::uint8_t{15}, true};
    case 10:
      return {std::uint8_t{9}, true};
    case 9:
      return {std::uint8_t{10}, true};
    case 17:
      return {std::uint8_t{18}, true};
    case 18:
      return {std::uint8_t{17}, true};
    default:
      return {code, false};
  }
}

class Hasher {
 public:
  Hasher() { sha1_init(&context_); }
  void add(const std::uint8_t* bytes, std::size_t size) { sha1_update(&context_, size, bytes); }
  void add(std::uint16_t number) {
    const std::uint8_t bytes[] = {static_cast<std::uint8_t>(number >> 8),
                                  static_cast<std::uint8_t>(number)};
    add(bytes, sizeof bytes);
  }
  void add(const IpAddress& address) {
    if (address.is_v4())
      add(address.bytes().data() + 12, 4);
    else
      add(address.bytes().data(), 16);
  }
  std::array<std::uint8_t, SHA1_DIGEST_SIZE> finish() {
    std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest;
    sha1_digest(&context_, digest.size(), digest.data());
    return digest;
  }

 private:
  sha1_ctx context_;
};

}  // namespace

void append_community_id(std::string& text, const FlowKey& flow, std::uint8_t icmp_type,
                         std::uint8_t icmp_code) {
  auto from = std::pair{flow.remote.address, flow.remote.port.number};
  auto to = std::pair{flow.local.address, flow.local.port.number};
  bool both_ways = true;
  if (flow.protocol == IpProtocol::icmp) {
    const auto [other, answered] = counterpart_of(icmp_type, icmp_code);
    from.second = icmp_type;
    to.second = other;
    both_ways = answered;
  }
  if (both_ways && to < from) std::swap(from, to);
  Hasher hasher;
  hasher.add(std::uint16_t{0});  // the seed
  hasher.add(from.first);
  hasher.add(to.first);
  const std::uint8_t protocol[] = {static_cast<std::uint8_t>(flow.protocol), 0};
  hasher.add(protocol, sizeof protocol);
  hasher.add(from.second);
  hasher.add(to.second);
  text += "1:";
  append_base64(text, hasher.finish());
}

}  // namespace apiary
