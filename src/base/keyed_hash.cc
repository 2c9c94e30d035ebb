#include "base/keyed_hash.h"

#include "base/sip_state.h"

namespace apiary {
namespace {

/// Up to eight bytes, least significant first.
std::uint64_t little_endian(Bytes bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
  return word;
}

}  // namespace

std::uint64_t keyed_hash(const HashKey& key, Bytes bytes) {
  SipState<2, 4> state(key);
  Bytes rest = bytes;
  for (; rest.size() >= 8; rest = rest.subspan(8)) state.absorb(little_endian(rest.first(8)));
  return state.finish(little_endian(rest) | (std::uint64_t{bytes.size()} << 56));
}

}  // namespace apiary
