#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "host/reassembly.h"

namespace apiary {

inline const Instant bench_start{seconds{1'000}};

/// A fragment as it comes from the wire; keeps the bytes it points into.
struct Fragment {
  Fragment(std::size_t offset, std::string_view payload, bool more, std::uint16_t id = 7)
      : Fragment(header_of(id), offset, payload, more) {}
  Fragment(IpDatagram header, std::size_t offset, std::string_view payload, bool more)
      : bytes(ip_header_size_bytes(header) + payload.size()) {
    header.more_fragments = more;
    header.fragment_offset_bytes = static_cast<std::uint16_t>(offset);
    emit_ip_header(header, payload.size(), bytes);
    std::copy(payload.begin(), payload.end(),
              bytes.end() - static_cast<std::ptrdiff_t>(payload.size()));
  }
  static IpDatagram header_of(std::uint16_t id) {
    return {.source = IpAddress::v4(192, 0, 2, 1),
            .destination = IpAddress::v4(10, 0, 0, 5),
            .protocol = 17,
            .identification = id};
  }
  IpDatagram parsed() const { return parse_ip(bytes).value(); }
  std::vector<std::uint8_t> bytes;
};

struct ReassemblyBench {
  Limits limits;
  Counters counters;
  Reassembly reassembly{limits, {}, counters};
  FragmentPolicy policy = FragmentPolicy::discard;
  std::string add(const Fragment& fragment, Instant now = bench_start) {
    const auto whole = reassembly.add(now, fragment.parsed(), policy, {});
    return whole ? std::string(as_text(whole->payload)) : "";
  }
};

}  // namespace apiary
