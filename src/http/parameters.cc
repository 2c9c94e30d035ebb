#include "http/parameters.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace apiary {
namespace {

std::optional<std::size_t> read_number(const std::string& text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return {};
  return value;
}

}  // namespace

bool is_number(const std::string& text) { return read_number(text).has_value(); }

std::size_t number_of(const HttpRequest& request, const std::string& name, std::size_t otherwise,
                      std::size_t most) {
  return std::min(read_number(request.parameter(name)).value_or(otherwise), most);
}

tl::expected<EventFilter, std::string> filter_of(const HttpRequest& request) {
  EventFilter filter;
  if (const std::string kinds = request.parameter("kind"); !kinds.empty()) {
    const auto read = parse_event_kinds(kinds);
    if (!read) return tl::unexpected("'" + kinds + "' contains an unknown kind");
    filter.kinds = *read;
  }
  for (const auto& [name, network] :
       {std::pair{"source", &filter.source}, std::pair{"host", &filter.host}}) {
    const std::string text = request.parameter(name);
    if (text.empty()) continue;
    *network = parse_ip_prefix(text);
    if (!*network) return tl::unexpected("'" + text + "' is not a network such as 192.0.2.0/24");
  }
  if (const std::string text = request.parameter("port"); !text.empty()) {
    const auto port = read_number(text);
    if (!port || *port > 65'535) return tl::unexpected("'" + text + "' is not a port");
    filter.port = static_cast<std::uint16_t>(*port);
  }
  filter.text = request.parameter("text");
  std::ranges::transform(filter.text, filter.text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return filter;
}

}  // namespace apiary
