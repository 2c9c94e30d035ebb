#include "runtime/load.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/fingerprint_catalogue.h"
#include "config/source_text.h"

namespace apiary {
namespace {

/// What there is when no fingerprints could be read.
class NoPersonalities final : public PersonalityCatalogue {
 public:
  tl::expected<FoundPersonality, NearestNames> find(std::string_view) const override {
    return tl::unexpected(NearestNames{});
  }
};

}  // namespace

tl::expected<std::string, std::string> read_file(const std::string& path) {
  const auto fail = [&](int number) {
    return tl::unexpected(fmt::format("cannot read {}: {}", path, std::strerror(number)));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return fail(EISDIR);
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(errno);
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return fail(errno);
  return std::move(text).str();
}

LoadedPersonalities load_personalities(const std::string& path) {
  const auto problem = [](std::string what) {
    return LoadedPersonalities{std::make_unique<NoPersonalities>(), std::move(what)};
  };
  auto text = read_file(path);
  if (!text)
    return problem(
        fmt::format("no personalities: {}\nhint: they come with the package nmap-common "
                    "(apt install nmap-common), or name a file in its format with --personalities",
                    text.error()));
  auto database = parse_fingerprints(std::move(*text));
  if (!database)
    return problem(fmt::format("no personalities: {}:{}: {}", path, database.error().line,
                               database.error().message));
  return {std::make_unique<FingerprintCatalogue>(
              std::make_shared<const FingerprintDatabase>(std::move(*database))),
          ""};
}

tl::expected<LoadedConfiguration, std::string> load_configuration(
    const std::string& path, const std::string& personalities_path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error() + "\n");
  if (text->size() >= std::size_t{1} << 32)
    return tl::unexpected(fmt::format("cannot read {}: it is larger than 4 GiB\n", path));
  const SourceText source(path, std::move(*text));
  const LoadedPersonalities personalities = load_personalities(personalities_path);
  auto configuration = build_configuration(source, *personalities.catalogue);
  if (!configuration) {
    std::string wrong = render(configuration.error(), source);
    if (!personalities.problem.empty()) wrong += personalities.problem + "\n";
    return tl::unexpected(std::move(wrong));
  }
  std::string remarks = render(configuration->remarks, source);
  return LoadedConfiguration{std::move(*configuration), std::move(remarks)};
}

}  // namespace apiary
