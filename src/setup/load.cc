#include "setup/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <set>

#include "base/counted.h"
#include "base/printable.h"
#include "config/foreign_syntax.h"
#include "config/oui_table.h"
#include "config/source_snippet.h"
#include "config/source_text.h"
#include "passive/own_signatures.h"

namespace apiary {
namespace {

/// The vendors of network cards, from a file of this machine; read at the first lookup.
class MachineVendors final : public VendorCatalogue {
 public:
  tl::expected<FoundVendor, std::string> find(std::string_view vendor) const override {
    const OuiTable list = read();
    if (list.empty())
      return tl::unexpected(
          fmt::format("vendor names need {} (apt install nmap-common); or write a MAC address",
                      vendor_files[0]));
    return list.find(vendor);
  }

 private:
  static OuiTable read() {
    for (const char* const path : vendor_files)
      if (const auto text = read_file(path)) return OuiTable::parse(*text);
    return {};
  }
};

}  // namespace

LoadedPersonalities load_personalities(const std::string& path) {
  const auto problem = [](std::string what) {
    return LoadedPersonalities{
        std::make_unique<FingerprintCatalogue>(std::make_shared<const FingerprintDatabase>()),
        std::move(what),
        {}};
  };
  auto text = read_file(path);
  if (!text)
    return problem(fmt::format(
        "only the built-in personalities are available: {}\nhint: install the others with apt "
        "install nmap-common, or name a file in its format with --personalities",
        text.error()));
  if (const ForeignFile foreign = foreign_file(*text); !foreign.what.empty())
    return problem(fmt::format(
        "only the built-in personalities are available: {} has no fingerprints: {}\nhint: {}", path,
        foreign.what, foreign.hint));
  const bool is_blank = text->find_first_not_of(" \t\r\n") == std::string::npos;
  auto database = std::make_shared<const FingerprintDatabase>(parse_fingerprints(std::move(*text)));
  LoadedPersonalities loaded{std::make_unique<FingerprintCatalogue>(database), "",
                             sentences_on(database->errors(), path)};
  if (!is_blank && database->fingerprints().empty())
    loaded.problem = fmt::format(
        "only the built-in personalities are available: {} contains no fingerprint of Nmap\nhint: "
        "name a file in the format of {} with --personalities",
        path, default_personalities_file);
  return loaded;
}

std::vector<std::string> sentences_on_systems(const Honeynet& honeynet,
                                              const SignatureDatabase& database) {
  std::set<std::string> names;
  std::set<const HostTemplate*> seen;
  const std::function<void(const HostTemplatePtr&)> collect =
      [&](const HostTemplatePtr& host_template) {
        if (host_template == nullptr || !host_template->is_dynamic ||
            !seen.insert(host_template.get()).second)
          return;
        for (const Choice& choice : host_template->choices) {
          if (const auto* const from = std::get_if<FromSystem>(&choice.condition))
            names.insert(from->name);
          collect(choice.host_template);
        }
      };
  const Honeynet::Parts& parts = honeynet.parts();
  parts.hosts.visit_templates(
      [&](const HostTemplatePtr& host_template, std::uint64_t) { collect(host_template); });
  collect(parts.default_template);
  for (const DhcpHost& host : parts.dhcp) collect(host.host_template);

  std::vector<std::string> sentences;
  for (const std::string& name : names)
    if (std::ranges::none_of(database.systems(), [&](const std::string& system) {
          return begins_with_words(system, name);
        }))
      sentences.push_back(
          fmt::format("source os = \"{}\" never applies: no signature is of a system whose name "
                      "begins so",
                      name));
  return sentences;
}

LoadedSignatures load_signatures(const std::string& path) {
  const auto text = read_file(path);
  const auto database = std::make_shared<const SignatureDatabase>(
      SignatureDatabase::parse(text.value_or(""), own_signatures_text()));
  LoadedSignatures loaded{database, "", {}};
  if (!text) {
    loaded.problem = fmt::format(
        "only the visitors' operating systems that we have built in are known: {} (apt install "
        "p0f, or name a file in its format with --os-signatures)",
        text.error());
    return loaded;
  }
  for (const auto& [line, message] : database->errors())
    loaded.errors.push_back(fmt::format("{}:{}: warning: {}", path, line, message));
  const std::size_t more = database->invalid_lines() - database->errors().size();
  if (more > 0)
    loaded.errors.push_back(
        fmt::format("{}: warning: {} not understood", path, counted(more, "more line")));
  if (database->first_size() == 0)
    loaded.problem = fmt::format(
        "only the visitors' operating systems that we have built in are known: {} has no signature "
        "of [tcp:request] in the format of p0f 3",
        path);
  return loaded;
}

std::vector<std::string> sentences_on(const FingerprintErrors& errors, const std::string& path) {
  std::vector<std::string> sentences;
  for (const auto& [line, message] : errors.first)
    sentences.push_back(fmt::format("{}:{}: warning: {}", path, line, message));
  if (const std::size_t more = errors.lines - errors.first.size(); more > 0)
    sentences.push_back(fmt::format("{}: warning: {} more line{} not understood", path, more,
                                    more == 1 ? " is" : "s are"));
  if (const std::size_t skipped = errors.skipped_entries; skipped > 0)
    sentences.push_back(fmt::format("{}: warning: {} {} skipped; the rest is used", path, skipped,
                                    skipped == 1 ? "fingerprint is" : "fingerprints are"));
  return sentences;
}

BuildSettings machine_settings() {
  BuildSettings settings;
  if (const auto services = read_file("/etc/services"))
    settings.parsing.port_names = PortNames::parse(*services);
  settings.parsing.load_file = read_file;
  static const MachineVendors vendors;
  settings.vendors = &vendors;
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (localtime_r(&now, &local) != nullptr) settings.local_time_ahead = seconds{local.tm_gmtoff};
  return settings;
}

tl::expected<ExaminedConfiguration, std::string> examine_configuration(
    const ConfigurationSources& sources, bool keeps_origins) {
  auto text = read_input(sources.configuration);
  if (!text) return tl::unexpected(text.error());
  return examine_text(*std::move(text), sources, read_file, keeps_origins);
}

tl::expected<ExaminedConfiguration, std::string> examine_text(std::string text,
                                                              const ConfigurationSources& sources,
                                                              FileLoader load_file,
                                                              bool keeps_origins) {
  if (text.size() >= SourceText::max_bytes)
    return tl::unexpected(
        fmt::format("cannot read {}: it is larger than 4 GiB", sources.configuration));
  ExaminedConfiguration examined;
  examined.source = std::make_unique<SourceText>(sources.configuration, std::move(text));
  LoadedPersonalities personalities = load_personalities(sources.personalities);
  // A file given by name must be readable; nmap-common may be missing.
  if (!personalities.problem.empty() && sources.personalities != default_personalities_file)
    return tl::unexpected(std::move(personalities.problem));
  BuildSettings settings = machine_settings();
  settings.parsing.load_file = std::move(load_file);
  settings.keeps_origins = keeps_origins;
  settings.permissions = sources.permissions;
  auto built = build_configuration(*examined.source, *personalities.catalogue, settings);
  if (built) {
    examined.configuration = std::move(*built);
    examined.diagnostics = std::move(examined.configuration.remarks);
  } else {
    examined.diagnostics = std::move(built.error());
  }
  examined.errors = std::move(personalities.errors);
  // The warning is only for configurations that need a missing personality.
  if (std::ranges::any_of(examined.diagnostics, [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error || diagnostic.severity == Severity::warning;
      }))
    examined.problem = std::move(personalities.problem);
  return examined;
}

FileLoader loader_of(const FileTexts& known) {
  return [&known](const std::string& path) -> tl::expected<std::string, std::string> {
    const auto found = known.find(path);
    return found == known.end() ? read_file(path) : found->second;
  };
}

FileLoader loader_of_only(const FileTexts& known) {
  return [&known](const std::string& path) -> tl::expected<std::string, std::string> {
    const auto found = known.find(path);
    if (found != known.end()) return found->second;
    return tl::unexpected(path +
                          " does not belong to the active configuration, and is not read here");
  };
}

FileTexts ExaminedConfiguration::included() const {
  FileTexts texts;
  for (std::size_t i = 1; i < source->files(); ++i)
    texts.emplace(source->file(i).name, source->file(i).text);
  return texts;
}

std::string render(const ExaminedConfiguration& examined) {
  std::string said;
  for (const std::string& error : examined.errors) said += printable(error) + "\n";
  said += render(examined.diagnostics, *examined.source);
  if (!examined.problem.empty()) said += examined.problem + "\n";
  return said;
}

}  // namespace apiary
