#include "personality/payload_text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace apiary {
namespace {

constexpr std::uint32_t polynomial = 0xedb88320;  // bits in reverse

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> table = make_table();

// Known payloads of real systems.
constexpr std::array<std::string_view, 3> known_texts = {"No listener", "No TCP/No listener",
                                                         "no tcp, reset"};

/// The four bytes with that CRC. The top bytes of the table's entries all differ, so each step of
/// the CRC can be reversed, last byte first.
std::string forge(std::uint32_t crc) {
  std::array<std::uint32_t, 4> steps{};
  std::uint32_t state = ~crc;
  for (std::size_t i = 4; i-- > 0;) {
    const auto entry =
        std::ranges::find(table, state >> 24, [](std::uint32_t e) { return e >> 24; });
    steps[i] = static_cast<std::uint32_t>(entry - table.begin());
    state = (state ^ *entry) << 8;
  }
  std::string bytes;
  state = 0xffffffff;
  for (const std::uint32_t step : steps) {
    bytes += static_cast<char>((state ^ step) & 0xff);
    state = (state >> 8) ^ table[step];
  }
  return bytes;
}

}  // namespace

std::uint32_t crc32(Bytes bytes) {
  std::uint32_t state = 0xffffffff;
  for (const std::uint8_t byte : bytes) state = (state >> 8) ^ table[(state ^ byte) & 0xff];
  return ~state;
}

std::string text_with_crc32(std::uint32_t crc) {
  if (crc == 0) return {};
  for (const std::string_view text : known_texts)
    if (crc32(as_bytes(text)) == crc) return std::string(text);
  return forge(crc);
}

}  // namespace apiary
