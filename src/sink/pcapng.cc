#include "sink/pcapng.h"

#include <cstring>

namespace apiary {
namespace {

enum class BlockType : std::uint32_t {
  section_header = 0x0a0d0d0a,
  interface_description = 1,
  enhanced_packet = 6,
};
enum class Option : std::uint16_t {
  end = 0,
  comment = 1,
  interface_name = 2,
  packet_flags = 2,
  application = 4,
  time_resolution = 9,
};
constexpr std::uint16_t link_type_ethernet = 1, link_type_raw = 101;

template <class T>
void append_number(std::string& text, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  text.append(bytes, sizeof bytes);
}

void pad(std::string& text, std::size_t size) { text.append((4 - size % 4) % 4, '\0'); }

void append_option(std::string& text, Option option, std::string_view value) {
  value = value.substr(0, 65'535);
  append_number(text, static_cast<std::uint16_t>(option));
  append_number(text, static_cast<std::uint16_t>(value.size()));
  text += value;
  pad(text, value.size());
}

void end_options(std::string& text) { append_option(text, Option::end, {}); }

/// A block whose body `append` writes: type, length, body, length.
template <class Append>
void append_block(std::string& file, BlockType type, Append append) {
  const std::size_t begin = file.size();
  append_number(file, static_cast<std::uint32_t>(type));
  append_number(file, std::uint32_t{0});
  append(file);
  const auto length = static_cast<std::uint32_t>(file.size() - begin + sizeof(std::uint32_t));
  append_number(file, length);
  std::memcpy(file.data() + begin + sizeof(std::uint32_t), &length, sizeof length);
}

}  // namespace

void append_section_header(std::string& file, std::string_view program) {
  append_block(file, BlockType::section_header, [&](std::string& body) {
    constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
    constexpr std::int64_t length_unknown = -1;
    append_number(body, byte_order_magic);
    append_number(body, std::uint16_t{1});  // the version
    append_number(body, std::uint16_t{0});
    append_number(body, length_unknown);
    append_option(body, Option::application, program);
    end_options(body);
  });
}

void append_interface(std::string& file, std::string_view name, LinkLayer link_layer) {
  append_block(file, BlockType::interface_description, [&](std::string& body) {
    append_number(body, link_layer == LinkLayer::ethernet ? link_type_ethernet : link_type_raw);
    append_number(body, std::uint16_t{0});
    append_number(body, std::uint32_t{0});  // frames of any length
    append_option(body, Option::interface_name, name);
    append_option(body, Option::time_resolution, "\x09");
    end_options(body);
  });
}

void append_packet(std::string& file, const CapturedPacket& packet) {
  append_block(file, BlockType::enhanced_packet, [&](std::string& body) {
    const auto at = static_cast<std::uint64_t>(packet.at.time_since_epoch().count());
    const auto size = static_cast<std::uint32_t>(packet.bytes.size());
    append_number(body, packet.interface);
    append_number(body, static_cast<std::uint32_t>(at >> 32));
    append_number(body, static_cast<std::uint32_t>(at));
    append_number(body, size);  // captured
    append_number(body, size);  // on the wire
    body.append(reinterpret_cast<const char*>(packet.bytes.data()), size);
    pad(body, size);
    std::string flags;
    append_number(flags, static_cast<std::uint32_t>(packet.direction));
    append_option(body, Option::packet_flags, flags);
    if (!packet.comment.empty()) append_option(body, Option::comment, packet.comment);
    end_options(body);
  });
}

}  // namespace apiary
