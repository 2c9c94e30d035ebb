#include "setup/host_key.h"

#include <random>

#include "setup/load.h"

namespace apiary {

HashKey make_host_key(const std::string& text) {
  std::string secret = text;
  if (secret.empty()) secret = read_file("/etc/machine-id").value_or("");
  if (secret.size() < 8 && text.empty()) return {random_seed(), random_seed()};
  // Our own constants: machine-id must not be exposed directly (machine-id(5)).
  constexpr HashKey low{0x6170696172792d6cU, 0x686f73742d6b6579U};
  constexpr HashKey high{0x6170696172792d68U, 0x686f73742d6b6579U};
  return {keyed_hash(low, as_bytes(secret)), keyed_hash(high, as_bytes(secret))};
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace apiary
