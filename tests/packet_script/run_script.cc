#include "run_script.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "parse_script.h"
#include "runner.h"

namespace apiary::script {
namespace {

constexpr const char* nmap_fingerprints = "/usr/share/nmap/nmap-os-db";

/// The fingerprints of the script; Nmap's if it has none but uses a personality.
std::string fingerprints_for(const Script& script) {
  const bool asks = script.configuration.find("personality") != std::string::npos;
  if (!script.fingerprints.empty() || !asks) return script.fingerprints;
  std::ifstream file(nmap_fingerprints);
  return {std::istreambuf_iterator<char>(file), {}};
}

tl::expected<std::shared_ptr<const Honeynet>, std::string> build_honeynet(const Script& script) {
  auto database = parse_fingerprints(fingerprints_for(script));
  if (const auto& errors = database.errors().first; !errors.empty())
    return tl::unexpected(
        fmt::format("fingerprints, line {}: {}", errors.front().line, errors.front().message));
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(std::move(database)));
  SourceText source("config", script.configuration);
  auto configuration = build_configuration(source, catalogue, {.permissions = {.spoofing = true}});
  if (!configuration) return tl::unexpected(render(configuration.error(), source));
  return configuration->honeynet;
}

}  // namespace

tl::expected<void, std::string> run_script(std::string_view text) {
  const auto script = parse_script(text);
  if (!script) return tl::unexpected(script.error());
  auto honeynet = build_honeynet(*script);
  if (!honeynet) return tl::unexpected(honeynet.error());
  return Runner(*script, std::move(*honeynet)).run();
}

}  // namespace apiary::script
