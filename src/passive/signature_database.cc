#include "passive/signature_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/random.h"

namespace apiary {
namespace {

constexpr std::size_t max_name_bytes = 200;
constexpr std::string_view known_sections[] = {"mtu", "tcp:request", "tcp:response", "http:request",
                                               "http:response"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

/// Reads the lines of a signature file one after another.
class SignatureFileReader {
 public:
  explicit SignatureFileReader(SignatureDatabase& database) : database_(database) {}

  void read_line(std::string_view line) {
    ++number_;
    line = trimmed(line);
    if (line.empty() || line.starts_with(';')) return;
    if (line.starts_with('[')) return begin_section(line);
    if (!is_in_requests_) return;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      return complain("expected a [section], or label, sys or sig with '='");
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (key == "label")
      begin_label(value);
    else if (key == "sig")
      add_signature(value);
    else if (key != "sys")  // the systems that a tool runs on: not used here
      complain(fmt::format("'{}' is none of label, sys, sig", key.substr(0, 40)));
  }

 private:
  struct Label {
    std::uint16_t system = 0;
    bool is_generic = false, is_tool = false;
  };

  void complain(std::string message) {
    ++database_.complained_lines_;
    if (database_.complaints_.size() < SignatureDatabase::max_complaints)
      database_.complaints_.push_back({number_, std::move(message)});
  }

  void begin_section(std::string_view line) {
    label_.reset();
    skips_ = false;
    const std::string_view name =
        line.ends_with(']') ? line.substr(1, line.size() - 2) : std::string_view{};
    is_in_requests_ = name == "tcp:request";
    if (std::ranges::find(known_sections, name) == std::end(known_sections))
      complain(fmt::format("there is no section {}: it is skipped", line.substr(0, 40)));
  }

  /// s:unix:Linux:3.11 and newer
  void begin_label(std::string_view text) {
    label_.reset();
    skips_ = true;  // until the label is valid: one complaint covers all its signatures
    const auto take = [&text] {
      const std::size_t colon = text.find(':');
      const std::string_view part = text.substr(0, colon);
      text = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
      return trimmed(part);
    };
    const std::string_view type = take(), family = take(), name = take(), flavor = trimmed(text);
    if ((type != "s" && type != "g") || family.empty() || name.empty())
      return complain("a label is type:class:name:flavor, with the type s or g");
    std::string system(name);
    if (!flavor.empty()) system += fmt::format(" {}", flavor);
    if (system.size() > max_name_bytes ||
        std::ranges::any_of(system, [](char c) { return c < 0x20 || c > 0x7e; }))
      return complain(
          fmt::format("a name is printable ASCII, at most {} characters", max_name_bytes));
    const auto place = place_of(std::move(system));
    if (!place) return complain("too many systems");
    label_ = Label{*place, type == "g", family == "!"};
    skips_ = false;
  }

  std::optional<std::uint16_t> place_of(std::string system) {
    const auto known = places_.find(system);
    if (known != places_.end()) return known->second;
    auto& systems = database_.systems_;
    if (systems.size() >= SignatureDatabase::max_signatures) return std::nullopt;
    const auto place = static_cast<std::uint16_t>(systems.size());
    places_.insert({system, place});
    systems.push_back(std::move(system));
    return place;
  }

  void add_signature(std::string_view text) {
    if (skips_) return;
    if (!label_) return complain("a signature precedes the first label");
    auto signature = parse_syn_signature(text);
    if (!signature) return complain(std::move(signature.error()));
    if (signature->version == SynSignature::Version::v6) return;
    if (database_.signatures_.size() >= SignatureDatabase::max_signatures)
      return complain(fmt::format("more than {} signatures", SignatureDatabase::max_signatures));
    if (++of_layout_[signature->layout] > SignatureDatabase::max_same_layout)
      return complain(fmt::format("more than {} signatures with these TCP options",
                                  SignatureDatabase::max_same_layout));
    database_.signatures_.push_back(
        {*signature, label_->system, label_->is_generic, label_->is_tool});
  }

  SignatureDatabase& database_;
  std::size_t number_ = 0;
  bool is_in_requests_ = false;
  bool skips_ = false;  // skips the signatures of an invalid label
  std::optional<Label> label_;
  tsl::robin_map<std::string, std::uint16_t> places_;
  tsl::robin_map<OptionKinds, std::size_t, SignatureDatabase::LayoutHash> of_layout_;
};

std::size_t SignatureDatabase::LayoutHash::operator()(const OptionKinds& layout) const noexcept {
  std::uint64_t words[3];
  static_assert(sizeof words == OptionKinds::limit);
  std::memcpy(words, layout.kinds.data(), sizeof words);
  return mix_bits(words[0] ^ mix_bits(words[1] ^ mix_bits(words[2] ^ layout.count)));
}

SignatureDatabase SignatureDatabase::parse(std::string_view text) {
  SignatureDatabase database;
  SignatureFileReader reader(database);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    reader.read_line(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  database.index();
  return database;
}

void SignatureDatabase::index() {
  std::ranges::stable_sort(signatures_, [](const Labelled& a, const Labelled& b) {
    const OptionKinds &left = a.signature.layout, &right = b.signature.layout;
    return std::tie(left.count, left.kinds) < std::tie(right.count, right.kinds);
  });
  for (std::size_t i = 0; i < signatures_.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(i);
    ++by_layout_.insert({signatures_[i].signature.layout, Range{place}}).first.value().count;
  }
}

std::optional<std::uint16_t> SignatureDatabase::match(const SynShape& syn) const {
  const auto found = by_layout_.find(syn.layout);
  if (found == by_layout_.end()) return std::nullopt;
  const Labelled *generic = nullptr, *fuzzy = nullptr;
  const Range range = found->second;
  const PlainFields fields = plain_fields(syn);
  for (const Labelled& each : std::span(signatures_).subspan(range.first, range.count)) {
    const Fit fit = each.signature.fit(syn, fields);
    if (fit == Fit::exact && !each.is_generic) return each.system;
    if (fit == Fit::exact && generic == nullptr) generic = &each;
    if (fit == Fit::fuzzy && fuzzy == nullptr) fuzzy = &each;
  }
  if (generic != nullptr) return generic->system;
  if (fuzzy != nullptr && !fuzzy->is_tool) return fuzzy->system;
  return std::nullopt;
}

}  // namespace apiary
