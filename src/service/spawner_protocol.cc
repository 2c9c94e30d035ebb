#include "service/spawner_protocol.h"

#include <cstring>

namespace apiary {
namespace {

struct RequestHeader {  // the strings follow, each with its final zero
  std::uint64_t process;
  std::uint32_t is_end;
  std::uint32_t argument_count, variable_count;
  std::uint32_t user, group, open_files;  // ServicePrivileges; 0: as for all services
};

std::optional<std::uint32_t> right(std::uint32_t number) {
  return number == 0 ? std::optional<std::uint32_t>{} : number;
}

std::vector<std::uint8_t> encode_header(const RequestHeader& header) {
  std::vector<std::uint8_t> packet(sizeof header);
  std::memcpy(packet.data(), &header, sizeof header);
  return packet;
}

void append(std::vector<std::uint8_t>& packet, const std::vector<std::string>& strings) {
  for (const std::string& string : strings)
    packet.insert(packet.end(), string.c_str(), string.c_str() + std::strlen(string.c_str()) + 1);
}

/// Takes `count` strings from the front of `text`.
bool take_strings(std::span<char>& text, std::size_t count, std::vector<char*>& strings) {
  for (; count > 0; --count) {
    const void* const end = std::memchr(text.data(), '\0', text.size());
    if (end == nullptr) return false;
    strings.push_back(text.data());
    text = text.subspan(static_cast<std::size_t>(static_cast<const char*>(end) - text.data()) + 1);
  }
  strings.push_back(nullptr);
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode(const ProgramRequest& request) {
  auto packet =
      encode_header({.process = request.process.value,
                     .is_end = 0,
                     .argument_count = static_cast<std::uint32_t>(request.arguments.size()),
                     .variable_count = static_cast<std::uint32_t>(request.environment.size()),
                     .user = request.rights.user.value_or(0),
                     .group = request.rights.group.value_or(0),
                     .open_files = request.rights.open_files.value_or(0)});
  append(packet, request.arguments);
  append(packet, request.environment);
  return packet;
}

std::vector<std::uint8_t> encode(const EndRequest& request) {
  return encode_header({.process = request.process.value,
                        .is_end = 1,
                        .argument_count = 0,
                        .variable_count = 0,
                        .user = 0,
                        .group = 0,
                        .open_files = 0});
}

std::optional<DecodedRequest> decode_request(std::span<char> packet) {
  RequestHeader header;
  if (packet.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, packet.data(), sizeof header);
  packet = packet.subspan(sizeof header);

  DecodedRequest request{
      .process = {header.process},
      .is_end = header.is_end != 0,
      .rights = {right(header.user), right(header.group), right(header.open_files)}};
  if (request.is_end) return request;
  if (header.argument_count == 0 ||
      !take_strings(packet, header.argument_count, request.arguments) ||
      !take_strings(packet, header.variable_count, request.environment))
    return std::nullopt;
  return request;
}

std::string_view describe(StartStep step) {
  switch (step) {
    case StartStep::request:
      return "cannot request a process";
    case StartStep::fork:
      return "cannot create a process";
    case StartStep::directory:
      return "cannot change to the configuration's directory";
    case StartStep::user:
      return "cannot become the services' user";
    case StartStep::limits:
      return "cannot set up the process";
    case StartStep::program:
      return "cannot run it";
  }
  return "cannot start";
}

}  // namespace apiary
