#include "sink/sink_spec.h"

#include <fmt/format.h>

#include <algorithm>

namespace apiary {

std::string name_of_option(const SinkSpec& spec) {
  return spec.is_short_form() ? std::string(spec.option)
                              : fmt::format("{} {}", spec.option, spec.kind->name);
}

std::string to_string(const SinkSpec& spec) {
  return fmt::format("{}{}{}", name_of_option(spec), spec.is_short_form() ? ' ' : ':', spec.where);
}

std::string list_of_sink_forms(std::span<const SinkKind* const> known) {
  std::string list;
  for (const SinkKind* const kind : known)
    list += fmt::format("{}{}:{}", list.empty() ? "" : ", ", kind->name, kind->place);
  return list;
}

tl::expected<SinkSpec, std::string> parse_sink_spec(std::string_view text,
                                                    std::span<const SinkKind* const> known) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || name.empty() || name.find('/') != name.npos)
    return tl::unexpected(fmt::format("'{}' names no kind of sink: write KIND:WHERE, one of {}",
                                      text, list_of_sink_forms(known)));
  const auto kind = std::ranges::find(known, name, [](const SinkKind* each) { return each->name; });
  if (kind == known.end())
    return tl::unexpected(
        fmt::format("unknown kind of sink '{}'; known: {}", name, list_of_sink_forms(known)));
  const std::string_view where = text.substr(colon + 1);
  if (where.empty())
    return tl::unexpected(
        fmt::format("'{}' does not say where: write {}:{}", text, name, (*kind)->place));
  auto place = (*kind)->parse(where);
  if (!place) return tl::unexpected(place.error());
  return SinkSpec{*kind, std::move(*place)};
}

tl::expected<std::string, std::string> parse_file_place(std::string_view where) {
  if (where == "-")
    return tl::unexpected(
        std::string("'-' is no file: /dev/stdout is the standard output, ./- a file of that name"));
  const std::string_view path = where.starts_with("///") ? where.substr(2) : where;
  if (path.starts_with("//"))
    return tl::unexpected(
        fmt::format("'{}' names a host: write the file's path behind the colon", where));
  return std::string(path);
}

}  // namespace apiary
