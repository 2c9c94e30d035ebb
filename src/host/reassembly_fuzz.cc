// Makes fragments of the input. With every policy, each byte of a complete datagram must come from
// a fragment with that offset, and the memory use must stay within its limit.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "host/reassembly.h"

namespace {

using namespace apiary;

constexpr std::array policies = {FragmentPolicy::discard, FragmentPolicy::first,
                                 FragmentPolicy::last, FragmentPolicy::bsd,
                                 FragmentPolicy::bsd_right};
constexpr std::size_t step_bytes = 5;

/// A fragment of one of two datagrams; all its bytes are `value`.
struct Fragment {
  explicit Fragment(const std::uint8_t* step)
      : offset((step[0] | (step[4] & 0x1f) << 8) * 8),
        bytes(20 + (step[1] & 0x7f ? step[1] * 8U : 0) + step[2] % 8, step[3]) {
    const IpDatagram header{.source = IpAddress::v4(192, 0, 2, 1),
                            .destination = IpAddress::v4(10, 0, 0, 5),
                            .protocol = 17,
                            .identification = static_cast<std::uint16_t>(step[2] >> 7),
                            .more_fragments = (step[2] & 0x40) == 0,
                            .fragment_offset_bytes = static_cast<std::uint16_t>(offset)};
    emit_ip_header(header, bytes.size() - 20, bytes);
  }
  std::size_t offset;
  std::vector<std::uint8_t> bytes;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Limits limits;
  limits.reassembly_bytes = 64 * 1024;
  limits.reassembly_datagrams = 8;
  Counters counters;
  Reassembly reassembly(limits, {}, counters);
  const FragmentPolicy policy = policies[data[0] % policies.size()];
  std::set<std::pair<std::size_t, std::uint8_t>> came;  // offset / 8, value
  Instant now{seconds{1'000}};

  for (std::size_t at = 1; at + step_bytes <= size; at += step_bytes) {
    const Fragment fragment(data + at);
    const auto parsed = parse_ip(fragment.bytes);
    if (!parsed || !parsed->is_fragment()) continue;
    for (std::size_t i = 0; i < parsed->payload.size(); i += 8)
      came.emplace((fragment.offset + i) / 8, parsed->payload[i]);
    now += milliseconds{data[at] % 16};
    if (const auto whole = reassembly.add(now, *parsed, policy, {}))
      for (std::size_t i = 0; i < whole->payload.size(); ++i)
        if (!came.contains({i / 8, whole->payload[i]})) std::abort();
    if (reassembly.held_bytes() > limits.reassembly_bytes) std::abort();
    while (reassembly.take_expired(now)) {
    }
  }
  while (reassembly.take_expired(now + limits.reassembly_time + seconds{1})) {
  }
  if (reassembly.held_bytes() != 0) std::abort();
  return 0;
}
