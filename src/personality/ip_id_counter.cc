#include "personality/ip_id_counter.h"

#include "base/big_endian.h"

namespace apiary {

std::uint16_t first_id(const IpIdRule& rule, std::uint64_t bits) {
  const bool is_fast =
      rule.kind == IpIdRule::Kind::random_positive || rule.kind == IpIdRule::Kind::swapped;
  return static_cast<std::uint16_t>(0x100 + bits % (is_fast ? 0x2000 : 0x8000));
}

std::uint16_t counter_for(const IpIdRule& rule, std::uint16_t id) {
  return rule.kind == IpIdRule::Kind::swapped ? byte_swapped(id) : id;
}

bool is_near_wrap(const IpIdRule& rule, std::uint16_t id) {
  switch (rule.kind) {
    case IpIdRule::Kind::random_positive:
      return id > 0xffff - 16 * 1400;
    case IpIdRule::Kind::swapped:
      return (id & 0xff) > 0xff - 16;
    case IpIdRule::Kind::incremental:
      return id > 0xffff - 64;
    default:
      return false;
  }
}

std::uint16_t random_positive_step(std::uint64_t bits) {
  const auto step = static_cast<std::uint16_t>(1001 + bits % 400);
  return step % 256 == 0 ? static_cast<std::uint16_t>(step + 1) : step;
}

}  // namespace apiary
