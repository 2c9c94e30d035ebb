// Any text either builds or yields errors, and its canonical form means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/build.h"
#include "config/format.h"
#include "config/statement_printer.h"
#include "config/testing/catalogue.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string meaning(const std::string& text) {
  apiary::SourceText source("f.conf", text);
  std::string spelled;
  for (const auto& statement : apiary::parse(source).statements)
    spelled += apiary::format_statement(statement, source) + "\n";
  return spelled;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  apiary::SourceText source("f.conf", text);
  apiary::BuildSettings settings;
  settings.parsing.load_file =
      [&](const std::string& path) -> tl::expected<std::string, std::string> {
    if (path != "more.conf") return tl::unexpected("there is no " + path);
    return std::string{"create more\n"};
  };
  const auto built = apiary::build_configuration(source, apiary::TestCatalogue{}, settings);
  const auto& diagnostics = built ? built->remarks : built.error();
  require(built.has_value() != apiary::has_errors(diagnostics));
  for (const auto& diagnostic : diagnostics) {
    const auto& file = source.file_at(diagnostic.place.begin);
    require(diagnostic.place.begin <= diagnostic.place.end && diagnostic.place.end <= file.end());
    require(!diagnostic.message.empty());
  }
  apiary::render(diagnostics, source);

  apiary::SourceText unformatted("f.conf", text);
  if (const auto formatted = apiary::format_configuration(unformatted)) {
    require(meaning(*formatted) == meaning(text));
    apiary::SourceText again("f.conf", *formatted);
    require(apiary::format_configuration(again) == *formatted);
  }
  return 0;
}
