#include "wire/tcp_options.h"

#include <algorithm>

#include "wire/wire.h"

namespace apiary {
namespace {

std::uint32_t word_at(Bytes bytes, std::size_t offset) {
  return wire::read<BigEndian<std::uint32_t>>(bytes.subspan(offset));
}

void read_sack_blocks(Bytes body, TcpOptions& options) {
  options.sack_block_count = std::min<std::size_t>(body.size() / 8, options.sack_blocks.size());
  for (std::size_t i = 0; i < options.sack_block_count; ++i)
    options.sack_blocks[i] = {{word_at(body, 8 * i)}, {word_at(body, 8 * i + 4)}};
}

void read_option(std::uint8_t kind, Bytes body, TcpOptions& options) {
  switch (kind) {
    case tcp_option::mss:
      if (body.size() == 2) options.mss = static_cast<std::uint16_t>(body[0] << 8 | body[1]);
      break;
    case tcp_option::window_scale:
      if (body.size() == 1) options.window_scale = body[0];
      break;
    case tcp_option::sack_permitted:
      options.sack_permitted = body.empty();
      break;
    case tcp_option::sack:
      if (body.size() % 8 == 0) read_sack_blocks(body, options);
      break;
    case tcp_option::timestamps:
      if (body.size() == 8) options.timestamps = {{word_at(body, 0), word_at(body, 4)}};
      break;
    default:
      break;
  }
}

}  // namespace

TcpOptions parse_tcp_options(Bytes options) {
  TcpOptions result;
  if (options.size() == 4 && options[0] == tcp_option::mss && options[1] == 4) {  // mostly
    result.mss = wire::read<BigEndian<std::uint16_t>>(options.subspan(2));
    return result;
  }
  for (Bytes rest = options; !rest.empty();) {
    const std::uint8_t kind = rest[0];
    if (kind == tcp_option::end) break;
    if (kind == tcp_option::nop) {
      rest = rest.subspan(1);
      continue;
    }
    if (rest.size() < 2 || rest[1] < 2 || rest[1] > rest.size()) break;
    read_option(kind, rest.subspan(2, rest[1] - 2U), result);
    rest = rest.subspan(rest[1]);
  }
  return result;
}

void TcpOptionBytes::put_word(std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) put_byte(static_cast<std::uint8_t>(word >> shift));
}

void TcpOptionBytes::set_word(std::size_t at, std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes_[at++] = static_cast<std::uint8_t>(word >> shift);
}

bool TcpOptionBytes::put_header(std::uint8_t kind) {
  const std::size_t size = tcp_option_size_bytes(kind);
  if (!fits(size)) return false;
  put_byte(kind);
  put_byte(static_cast<std::uint8_t>(size));
  return true;
}

void TcpOptionBytes::put_mss(std::uint16_t mss) {
  if (!put_header(tcp_option::mss)) return;
  put_byte(static_cast<std::uint8_t>(mss >> 8));
  put_byte(static_cast<std::uint8_t>(mss));
}

void TcpOptionBytes::put_window_scale(std::uint8_t shift) {
  if (put_header(tcp_option::window_scale)) put_byte(shift);
}

void TcpOptionBytes::put_sack_permitted() { (void)put_header(tcp_option::sack_permitted); }

void TcpOptionBytes::put_timestamps(const TcpTimestamps& timestamps) {
  if (!put_header(tcp_option::timestamps)) return;
  put_word(timestamps.value);
  put_word(timestamps.echo_reply);
}

void TcpOptionBytes::put_sack(std::span<const SackBlock> blocks) {
  const std::size_t count = std::min(blocks.size(), room() < 10 ? 0 : (room() - 2) / 8);
  if (count == 0) return;
  put_byte(tcp_option::sack);
  put_byte(static_cast<std::uint8_t>(2 + 8 * count));
  for (const SackBlock& block : blocks.first(count)) {
    put_word(block.start.value);
    put_word(block.end.value);
  }
}

std::size_t TcpOptionBytes::find(std::uint8_t wanted) const {
  for (std::size_t at = 0; at < size_;) {
    const std::uint8_t kind = bytes_[at];
    if (kind == wanted) return at;
    if (kind == tcp_option::end) break;
    at += kind == tcp_option::nop ? 1 : std::max<std::size_t>(bytes_[at + 1], 2);
  }
  return size_;
}

void TcpOptionBytes::set_timestamps_value(std::uint32_t value) {
  if (const std::size_t at = find(tcp_option::timestamps);
      at + tcp_option_size_bytes(tcp_option::timestamps) <= size_)
    wire::write(BigEndian<std::uint32_t>{value}, std::span(bytes_).subspan(at + 2));
}

void TcpOptionBytes::lower_mss(std::uint16_t most) {
  const std::size_t at = find(tcp_option::mss);
  if (at + tcp_option_size_bytes(tcp_option::mss) > size_) return;
  const auto value = std::span(bytes_).subspan(at + 2);
  if (std::uint16_t{wire::read<BigEndian<std::uint16_t>>(value)} > most)
    wire::write(BigEndian<std::uint16_t>{most}, value);
}

void TcpOptionBytes::pad() {
  while (size_ % 4 != 0) put_end();
}

}  // namespace apiary
