#include "personality/name_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "personality/system_families.h"
#include "personality/version_range.h"
#include "personality/windows_release.h"

namespace apiary {
namespace {

// Words that do not identify a system.
constexpr auto empty_words = std::to_array<std::string_view>(
    {"-",    "a",       "an", "and",   "any", "by",  "for",     "from", "in",   "is",
     "of",   "on",      "or", "os",    "rev", "run", "running", "runs", "some", "the",
     "thru", "through", "to", "using", "v",   "ver", "version", "w",    "with"});

// Numbers after these words are not versions of the system.
constexpr auto ends_of_versions = std::to_array<std::string_view>(
    {"on", "with", "using", "w", "for", "over", "behind", "build", "kernel64", "model"});

constexpr unsigned max_version_number = 999;  // larger ones are years, builds and models

template <class Words>
bool is_among(const Words& words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

// Parts of product names: "NetRouter", "Printstation".
constexpr auto compound_devices =
    std::to_array<std::string_view>({"router", "switch", "printer", "print", "camera", "phone",
                                     "modem", "firewall", "voip", "proxy"});

std::vector<std::string_view> split_names(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find('|')));
    text.remove_prefix(std::min(parts.back().size() + 1, text.size()));
  }
  return parts;
}

}  // namespace

std::size_t NameReader::Names::add(std::string_view name) {
  if (const auto known = phrases.find(name)) return *known;
  phrases.add(name, names.size());
  names.emplace_back(name);
  return names.size() - 1;
}

NameReader::NameReader() {
  for (const SystemFamily& family : system_families()) {
    const auto names = split_names(family.names);
    const std::size_t number = families_.add(names.front());
    for (const std::string_view name : names) families_.phrases.add(name, number);
  }
  kin_.resize(families_.names.size());
  for (const SystemFamily& family : system_families())
    for (const std::string_view kin : split_names(family.kin))
      kin_[*families_.phrases.find(split_names(family.names).front())].push_back(
          families_.add(kin));
  for (const auto& [name, vendor] : vendor_names()) {
    const std::size_t old = vendors_.add(name), now = vendors_.add(vendor);
    later_.resize(vendors_.names.size());
    if (old != now) later_[old] = now;
  }
  for (const auto& [word, kind] : device_words())
    devices_.add(word, static_cast<std::size_t>(kind));
  for (std::size_t i = 0; i <= static_cast<std::size_t>(DeviceKind::specialized); ++i)
    devices_.add(name_of(static_cast<DeviceKind>(i)), i);
  windows_ = families_.add("Windows");
  windows_9x_ = families_.add("Windows 9x");
  solaris_ = families_.add("Solaris");
  sunos_ = families_.add("SunOS");
  mac_os_ = families_.add("Mac OS");
  mac_os_x_ = families_.add("Mac OS X");
  linux_ = families_.add("Linux");
}

const std::vector<std::size_t>& NameReader::related_to(std::size_t family) const {
  static const std::vector<std::size_t> none;
  return family < kin_.size() ? kin_[family] : none;
}

std::vector<std::size_t> NameReader::successors_of(std::size_t vendor) const {
  std::vector<std::size_t> all;
  for (std::size_t now = vendor; now < later_.size() && later_[now] && all.size() < 4;) {
    now = *later_[now];
    all.push_back(now);
  }
  return all;
}

/// Parses one name.
class NameReader::Pass {
 public:
  Pass(const NameReader& reader, const std::vector<NameToken>& tokens)
      : reader_(reader), tokens_(tokens), is_version_(tokens.size()) {}

  SystemName run() {
    find_systems();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto rest = std::span(tokens_).subspan(i);
      if (const auto vendor = reader_.vendors_.phrases.match(rest);
          vendor && std::ranges::find(name_.vendors, vendor->number) == name_.vendors.end())
        name_.vendors.push_back(vendor->number);
      if (!is_version_[i] && !is_among(empty_words, tokens_[i].text))
        name_.words.push_back(tokens_[i].text);
    }
    find_devices();
    std::ranges::sort(name_.words);
    name_.words.erase(std::unique(name_.words.begin(), name_.words.end()), name_.words.end());
    normalise();
    return std::move(name_);
  }

 private:
  NamedSystem& system(std::size_t family) {
    const auto known = std::ranges::find(name_.systems, family, &NamedSystem::family);
    if (known != name_.systems.end()) return *known;
    return name_.systems.emplace_back(NamedSystem{.family = family, .versions = {}});
  }

  /// Assigns versions to the family before them.
  void find_systems() {
    std::optional<std::size_t> family;  // family whose versions may follow
    for (std::size_t i = 0; i < tokens_.size();) {
      const auto rest = std::span(tokens_).subspan(i);
      if (const std::size_t length = read_windows(rest, family)) {
        mark_version(i, length);
        i += length;
      } else if (const auto hit = reader_.families_.phrases.match(rest)) {
        family = hit->number;
        if (is_windows_open_) system(reader_.windows_);
        is_windows_open_ = family == reader_.windows_;
        if (!is_windows_open_) system(*family);
        i += hit->length;
      } else {
        if (is_among(ends_of_versions, tokens_[i].text)) family.reset();
        if (family && tokens_[i] == "kernel" && reader_.is_distribution(*family))
          family = reader_.linux_;
        const bool is_version = family && tokens_[i].is_number() && !reader_.is_windows(*family);
        const std::size_t taken = is_version ? read_version(rest, *family) : 0;
        mark_version(i, taken);
        i += std::max<std::size_t>(taken, 1);
      }
    }
    if (is_windows_open_) system(reader_.windows_);
  }

  void mark_version(std::size_t at, std::size_t length) {
    std::fill_n(is_version_.begin() + static_cast<std::ptrdiff_t>(at), length, true);
  }

  /// Parses a release or a service pack of Windows. Returns the number of tokens used.
  std::size_t read_windows(std::span<const NameToken> rest, std::optional<std::size_t>& family) {
    const bool is_windows = family && reader_.is_windows(*family);
    if (!is_windows && !(rest[0] == "nt")) return 0;
    if (const auto release = windows_release(rest)) {
      const std::size_t line = release->is_9x ? reader_.windows_9x_ : reader_.windows_;
      system(line).versions.push_back({release->year, release->year});
      family = line;
      is_windows_open_ = false;
      has_service_pack_ = false;
      return release->length;
    }
    const auto pack = service_pack(rest[0]);
    auto& versions = system(*family).versions;
    if (!pack || versions.empty()) return 0;
    const double year = std::floor(versions.back().low * 10) / 10 + 0.02 * *pack;
    if (has_service_pack_)
      versions.push_back({year, year});
    else
      versions.back() = {year, year};
    has_service_pack_ = true;
    return 1;
  }

  std::size_t read_version(std::span<const NameToken> rest, std::size_t family) {
    if (rest[0].version.front() > max_version_number) return 0;
    VersionRange range = range_of(rest[0]);
    std::size_t length = 1;
    const bool is_range =
        rest.size() > 2 && rest[2].is_number() &&
        (rest[1] == "-" || rest[1] == "thru" || rest[1] == "through" || rest[1] == "to");
    if (is_range && rest[2].version.front() <= max_version_number) {
      range.high = end_of_range(rest[0], rest[1].is_glued, rest[2]).value_or(range.high);
      length = 3;
    }
    system(family).versions.push_back(range);
    return length;
  }

  void find_devices() {
    for (std::size_t i = 0; i < tokens_.size();) {
      const auto hit = reader_.devices_.match(std::span(tokens_).subspan(i));
      if (hit)
        name_.devices.add(static_cast<DeviceKind>(hit->number));
      else
        find_device_in(tokens_[i].text);
      i += hit ? hit->length : 1;
    }
  }

  void find_device_in(std::string_view text) {
    for (const std::string_view word : compound_devices)
      if (text.starts_with(word) || text.ends_with(word)) {
        name_.devices.add(static_cast<DeviceKind>(*reader_.devices_.find(word)));
        return;
      }
  }

  /// Applies renamings by vendors: SunOS 5.x is Solaris 2.x, which is Solaris x, and Mac OS 10 is
  /// Mac OS X.
  void normalise() {
    std::vector<NamedSystem> read = std::move(name_.systems);
    name_.systems.clear();
    for (NamedSystem& one : read) {
      const auto from = [&](double major) {
        return !one.versions.empty() && std::floor(one.versions.front().low) == major;
      };
      std::size_t family = one.family;
      double of_major = 0;
      if (family == reader_.sunos_ && from(5)) family = reader_.solaris_, of_major = 5;
      if (family == reader_.solaris_ && from(2)) of_major = 2;
      if (family == reader_.mac_os_ && !one.versions.empty() && one.versions.front().low >= 10)
        family = reader_.mac_os_x_;
      if (of_major != 0)
        for (VersionRange& range : one.versions)
          for (double* const end : {&range.low, &range.high})
            if (std::floor(*end) == of_major) *end = (*end - of_major) / 0.09;
      auto& versions = system(family).versions;
      versions.insert(versions.end(), one.versions.begin(), one.versions.end());
    }
  }

  const NameReader& reader_;
  const std::vector<NameToken>& tokens_;
  std::vector<bool> is_version_;  // by token
  SystemName name_;
  bool is_windows_open_ = false;  // "Windows" whose release has not been found yet
  bool has_service_pack_ = false;
};

SystemName NameReader::read(const std::vector<NameToken>& tokens) const {
  return Pass(*this, tokens).run();
}

}  // namespace apiary
