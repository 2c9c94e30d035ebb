#include "host/ip_options.h"

#include <algorithm>

namespace apiary {
namespace {

namespace option {
constexpr std::uint8_t end = 0, nop = 1, record_route = 7, timestamp = 68, loose_route = 131,
                       strict_route = 137;
}

void put_word(std::span<std::uint8_t> target, std::uint32_t word) {
  for (std::size_t i = 0; i < 4; ++i) target[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
}

/// Adds `address` at the pointer, if there is room.
void record_route(std::span<std::uint8_t> route, const IpAddress& address) {
  const std::size_t pointer = route[2];  // counts from 1
  if (pointer < 4 || pointer + 3 > route.size()) return;
  put_word(route.subspan(pointer - 1), address.v4_value());
  route[2] = static_cast<std::uint8_t>(pointer + 4);
}

std::uint32_t milliseconds_since_midnight(Instant now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<milliseconds>(now.time_since_epoch() % hours{24}).count());
}

/// Adds a timestamp at the pointer. Without room, increments the overflow counter, if `counts`.
void record_time(std::span<std::uint8_t> stamps, const IpAddress& address, Instant now,
                 bool counts) {
  constexpr int alone = 0, with_address = 1, of_named = 3;  // the four bits of the flag
  if (stamps.size() < 4) return;
  const int kind = stamps[3] & 0xf;
  const std::size_t pointer = stamps[2];  // counts from 1
  const std::size_t size = kind == alone ? 4 : 8;
  if (pointer < 5 || (kind != alone && kind != with_address && kind != of_named)) return;
  if (pointer + size - 1 > stamps.size()) {
    if (counts && kind != of_named && stamps[3] < 0xf0)
      stamps[3] = static_cast<std::uint8_t>(stamps[3] + 0x10);
    return;
  }
  auto at = stamps.subspan(pointer - 1);
  if (kind == of_named) {
    std::array<std::uint8_t, 4> own;
    put_word(own, address.v4_value());
    if (!std::equal(own.begin(), own.end(), at.begin())) return;
  }
  if (kind == with_address) put_word(at, address.v4_value());
  put_word(at.subspan(size - 4), milliseconds_since_midnight(now));
  stamps[2] = static_cast<std::uint8_t>(pointer + size);
}

/// The offset of the first wrong byte of a record route option (RFC 791), as Linux checks it.
std::optional<std::size_t> wrong_byte_of_route(Bytes route) {
  if (route.size() < 3) return 1;
  const std::size_t pointer = route[2];
  if (pointer < 4 || (pointer <= route.size() && pointer + 3 > route.size())) return 2;
  return {};
}

/// The same of a timestamp option.
std::optional<std::size_t> wrong_byte_of_stamps(Bytes stamps) {
  if (stamps.size() < 4) return 1;
  const std::size_t pointer = stamps[2];
  if (pointer < 5) return 2;
  const bool is_alone = (stamps[3] & 0xf) == 0;
  if (pointer <= stamps.size()) {
    if (pointer + (is_alone ? 3 : 7) > stamps.size()) return 2;
  } else if (stamps[3] >= 0xf0 && (stamps[3] & 0xf) != 3) {
    return 3;  // the counter of those without room is full
  }
  return {};
}

}  // namespace

IpOptions read_ip_options(Bytes options) {
  IpOptions read;
  for (std::size_t at = 0; at < options.size() && options[at] != option::end;) {
    const std::uint8_t kind = options[at];
    if (kind == option::nop) {
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < options.size() ? options[at + 1] : 0;
    if (length < 2 || at + length > options.size()) return read.wrong = at, read;
    const Bytes one = options.subspan(at, length);
    std::optional<std::size_t>* const known = kind == option::record_route ? &read.record_route
                                              : kind == option::timestamp  ? &read.timestamp
                                                                           : nullptr;
    if (kind == option::loose_route || kind == option::strict_route) read.routes_by_source = true;
    if (known != nullptr) {
      const auto wrong = *known                         ? std::optional<std::size_t>{0}
                         : kind == option::record_route ? wrong_byte_of_route(one)
                                                        : wrong_byte_of_stamps(one);
      if (wrong) return read.wrong = at + *wrong, read;
      *known = at;
    }
    at += length;
  }
  return read;
}

EchoedOptions::EchoedOptions(Bytes options, int entries, const IpAddress& host, Instant now) {
  const IpOptions read = read_ip_options(options);
  if (read.record_route) {
    const auto route = copy(options.subspan(*read.record_route));
    for (int i = 0; i < entries; ++i) record_route(route, host);
  }
  if (read.timestamp) {
    const auto stamps = copy(options.subspan(*read.timestamp));
    for (int i = 0; i < entries; ++i) record_time(stamps, host, now, i == 0);
  }
  size_ = (size_ + 3) / 4 * 4;  // the rest is end-of-options marks
}

std::span<std::uint8_t> EchoedOptions::copy(Bytes option) {
  const auto target = std::span(bytes_).subspan(size_, option[1]);
  std::copy_n(option.begin(), target.size(), target.begin());
  size_ += target.size();
  return target;
}

}  // namespace apiary
