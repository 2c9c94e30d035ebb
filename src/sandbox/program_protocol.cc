#include "sandbox/program_protocol.h"

#include <cstring>
#include <span>
#include <type_traits>

namespace apiary {
namespace {

struct RequestHeader {  // the strings follow, each with its final zero
  std::uint64_t process = 0;
  RequestKind kind = RequestKind::start;
  std::uint32_t first_count = 0, second_count = 0;  // of arguments and variables, or of paths
  ServicePrivileges privileges{};
  ServerSetup server{};
  std::uint64_t number = 0;
  VisitorSocketRequest socket{};
  OutboundAnswer answer = OutboundAnswer::refuse;
  std::uint32_t egress_rules = 0;  // which follow the strings
};
static_assert(std::is_trivially_copyable_v<RequestHeader>);  // both sides are the same program

std::vector<std::uint8_t> encode_header(const RequestHeader& header) {
  std::vector<std::uint8_t> packet(sizeof header);
  std::memcpy(packet.data(), &header, sizeof header);
  return packet;
}

void append(std::vector<std::uint8_t>& packet, const std::vector<std::string>& strings) {
  for (const std::string& string : strings)
    packet.insert(packet.end(), string.c_str(), string.c_str() + std::strlen(string.c_str()) + 1);
}

static_assert(std::is_trivially_copyable_v<EgressRule>);

void append(std::vector<std::uint8_t>& packet, const EgressList& egress) {
  const auto* const rules = reinterpret_cast<const std::uint8_t*>(egress.data());
  packet.insert(packet.end(), rules, rules + egress.size() * sizeof(EgressRule));
}

bool take_rules(std::span<char> packet, std::size_t count, EgressList& egress) {
  if (packet.size() != count * sizeof(EgressRule)) return false;
  egress.resize(count);
  if (!packet.empty()) std::memcpy(egress.data(), packet.data(), packet.size());
  return true;
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
                     .kind = RequestKind::start,
                     .first_count = static_cast<std::uint32_t>(request.arguments.size()),
                     .second_count = static_cast<std::uint32_t>(request.environment.size()),
                     .privileges = request.privileges,
                     .server = request.server,
                     .egress_rules = static_cast<std::uint32_t>(request.egress.size())});
  append(packet, request.arguments);
  append(packet, request.environment);
  append(packet, {request.host_name});
  append(packet, request.egress);
  return packet;
}

std::vector<std::uint8_t> encode(const ChangeRequest& request) {
  auto packet = encode_header({.process = request.process.value,
                               .kind = RequestKind::change,
                               .privileges = request.privileges,
                               .egress_rules = static_cast<std::uint32_t>(request.egress.size())});
  append(packet, request.egress);
  return packet;
}

std::vector<std::uint8_t> encode(const EndRequest& request) {
  return encode_header({.process = request.process.value, .kind = RequestKind::end});
}

std::vector<std::uint8_t> encode(const SocketRequest& request) {
  return encode_header({.process = request.process.value,
                        .kind = RequestKind::socket,
                        .number = request.number,
                        .socket = request.socket});
}

std::vector<std::uint8_t> encode(const OutboundAnswerRequest& request) {
  return encode_header({.process = request.process.value,
                        .kind = RequestKind::outbound,
                        .number = request.number,
                        .answer = request.answer});
}

std::vector<std::uint8_t> encode(const SandboxView& view) {
  auto packet = encode_header({.kind = RequestKind::view,
                               .first_count = static_cast<std::uint32_t>(view.shown.size()),
                               .second_count = static_cast<std::uint32_t>(view.hidden.size())});
  append(packet, view.shown);
  append(packet, view.hidden);
  append(packet, {view.directory});
  return packet;
}

std::optional<DecodedRequest> decode_request(std::span<char> packet) {
  RequestHeader header;
  if (packet.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, packet.data(), sizeof header);
  packet = packet.subspan(sizeof header);

  DecodedRequest request{.kind = header.kind,
                         .process = {header.process},
                         .privileges = header.privileges,
                         .server = header.server,
                         .number = header.number,
                         .socket = header.socket,
                         .answer = header.answer};
  if (request.kind == RequestKind::end || request.kind == RequestKind::socket ||
      request.kind == RequestKind::outbound)
    return request;
  if (request.kind == RequestKind::change)
    return take_rules(packet, header.egress_rules, request.egress) ? std::optional(request)
                                                                   : std::nullopt;
  std::vector<char*> last;
  if (!take_strings(packet, header.first_count, request.arguments) ||
      !take_strings(packet, header.second_count, request.environment) ||
      !take_strings(packet, 1, last))
    return std::nullopt;
  if (request.kind == RequestKind::view) {
    const auto paths = [](std::vector<char*>& strings) {
      strings.pop_back();  // the null pointer
      return std::vector<std::string>(strings.begin(), strings.end());
    };
    request.view = {last[0], paths(request.arguments), paths(request.environment)};
    return request;
  }
  if (request.kind != RequestKind::start || header.first_count == 0) return std::nullopt;
  request.host_name = last[0];
  if (!take_rules(packet, header.egress_rules, request.egress)) return std::nullopt;
  return request;
}

}  // namespace apiary
