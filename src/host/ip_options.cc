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

/// Adds a timestamp at the pointer, or increments the overflow counter.
void record_time(std::span<std::uint8_t> stamps, const IpAddress& address, Instant now) {
  constexpr int alone = 0, with_address = 1, of_named = 3;  // the four bits of the flag
  if (stamps.size() < 4) return;
  const int kind = stamps[3] & 0xf;
  const std::size_t pointer = stamps[2];  // counts from 1
  const std::size_t size = kind == alone ? 4 : 8;
  if (pointer < 5 || (kind != alone && kind != with_address && kind != of_named)) return;
  if (pointer + size - 1 > stamps.size()) {
    if (kind != of_named && stamps[3] < 0xf0)
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

}  // namespace

std::optional<IpOptions> read_ip_options(Bytes options) {
  IpOptions read;
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t kind = options[at];
    if (kind == option::end) break;
    if (kind == option::nop) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) return {};
    const std::size_t length = options[at + 1];
    if (length < 2 || at + length > options.size()) return {};
    if (kind == option::loose_route || kind == option::strict_route) read.routes_by_source = true;
    if (kind == option::record_route || kind == option::timestamp) {
      if (length < 3) return {};
      (kind == option::record_route ? read.record_route : read.timestamp) = at;
    }
    at += length;
  }
  return read;
}

EchoedOptions::EchoedOptions(Bytes options, const IpOptions& read, const IpAddress& host,
                             Instant now) {
  if (read.record_route) record_route(copy(options.subspan(*read.record_route)), host);
  if (read.timestamp) record_time(copy(options.subspan(*read.timestamp)), host, now);
  size_ = (size_ + 3) / 4 * 4;  // the rest is end-of-options marks
}

std::span<std::uint8_t> EchoedOptions::copy(Bytes option) {
  const auto target = std::span(bytes_).subspan(size_, option[1]);
  std::copy_n(option.begin(), target.size(), target.begin());
  size_ += target.size();
  return target;
}

}  // namespace apiary
