#include "cli/format.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "config/format.h"
#include "setup/load.h"

namespace apiary {

int run_format(const FormatOptions& options) {
  auto text = options.write ? read_file(options.configuration) : read_input(options.configuration);
  if (!text) {
    fmt::print(stderr, "{}\n", text.error());
    return 1;
  }
  SourceText source(options.configuration, std::move(*text));
  const auto formatted = format_configuration(source, machine_settings().parsing.port_names);
  if (!formatted) {
    fmt::print(stderr, "{}", render(formatted.error(), source));
    return 1;
  }
  if (!options.write) {
    fmt::print("{}", *formatted);
    return 0;
  }
  if (*formatted == source.first_file().text) return 0;
  std::ofstream file(options.configuration, std::ios::binary | std::ios::trunc);
  file << *formatted;
  file.close();
  if (file) return 0;
  fmt::print(stderr, "cannot write {}: {}\n", options.configuration, std::strerror(errno));
  return 1;
}

}  // namespace apiary
