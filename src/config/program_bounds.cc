#include "config/program_bounds.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/size_text.h"
#include "config/token_reader.h"

namespace apiary {

std::string explain_files(std::uint64_t count) { return "may open " + counted(count, "file"); }
std::string explain_processes(std::uint64_t count) {
  return fmt::format("may have {} at a time", counted(count, "process"));
}
std::string explain_memory(std::uint64_t bytes) {
  return fmt::format("may use {} of memory", size_text(bytes));
}
std::string explain_cpu_time(std::uint64_t count) {
  return fmt::format("may compute for {} s", count);
}
std::string explain_time(std::uint64_t count) { return fmt::format("may run for {} s", count); }
std::string explain_file_size(std::uint64_t bytes) {
  return fmt::format("may write files of up to {}", size_text(bytes));
}
std::string explain_output(std::uint64_t bytes) {
  return fmt::format("may send {} to a visitor", size_text(bytes));
}

std::optional<Located<std::uint64_t>> parse_bound(const ProgramBound& bound, TokenReader& reader) {
  if (bound.is_size) return reader.size(bound.value, bound.least, bound.most);
  const auto number = reader.number(bound.value, static_cast<std::uint32_t>(bound.least),
                                    static_cast<std::uint32_t>(bound.most));
  if (!number) return {};
  return Located<std::uint64_t>{number->value, number->place};
}

std::string format_bound(const ProgramBound& bound, std::uint64_t value) {
  return bound.is_size ? size_text(value) : std::to_string(value);
}

}  // namespace apiary
