#include "passive/signature_database.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"

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
  using Places = tsl::robin_map<std::string, std::uint16_t>;  // of systems

  SignatureFileReader(SignatureDatabase& database, Places& places, std::size_t file)
      : database_(database), places_(places), file_(file) {}

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
    if (database_.errors_.size() < SignatureDatabase::max_complaints)
      database_.errors_.push_back({number_, std::move(message)});
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
    skips_ = true;  // until the label is valid: one error covers all its signatures
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
    if (system.size() > max_name_bytes || !std::ranges::all_of(system, is_printable))
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
    auto parsed = parse_syn_signature(text);
    if (!parsed) return complain(std::move(parsed.error()));
    if (parsed->signature.version == SynSignature::Version::v6) return;
    if (database_.size_ >= SignatureDatabase::max_signatures)
      return complain(fmt::format("more than {} signatures", SignatureDatabase::max_signatures));
    if (++of_layout_[parsed->layout] > SignatureDatabase::max_same_layout)
      return complain(fmt::format("more than {} signatures with these TCP options",
                                  SignatureDatabase::max_same_layout));
    const SynSignature& signature = parsed->signature;
    auto& same_layout = database_.by_layout_[parsed->layout][file_];
    auto& list =
        signature.times == 0 ? same_layout.of_any_window : same_layout.by_multiple[signature.times];
    list.push_back({signature, label_->system, label_->is_generic, label_->is_tool,
                    static_cast<std::uint32_t>(database_.size_)});
    ++database_.size_;
  }

  SignatureDatabase& database_;
  Places& places_;
  std::size_t file_;
  std::size_t number_ = 0;
  bool is_in_requests_ = false;
  bool skips_ = false;  // skips the signatures of an invalid label
  std::optional<Label> label_;
  tsl::robin_map<OptionKinds, std::size_t, SignatureDatabase::LayoutHash> of_layout_;
};

SignatureDatabase SignatureDatabase::parse(std::string_view text, std::string_view second) {
  SignatureDatabase database;
  SignatureFileReader::Places places;
  for (std::size_t file = 0; file < files; ++file, text = second) {
    SignatureFileReader reader(database, places, file);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      reader.read_line(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    if (file == 0) database.first_size_ = database.size_;
  }
  return database;
}

/// The best signature that a SYN matches: the first of the best kind.
class SignatureDatabase::Best {
 public:
  explicit Best(const SynShape& syn) : syn_(syn), fields_(plain_fields(syn)) {}

  void look_in(const std::vector<Labelled>& signatures) {
    for (const Labelled& each : signatures) {
      if (!each.signature.matches_plain_fields(fields_)) continue;
      const Fit fit = each.signature.fit(syn_);
      if (fit == Fit::none) continue;
      const Labelled*& first = fit == Fit::fuzzy ? fuzzy_ : each.is_generic ? generic_ : exact_;
      if (first == nullptr || each.place < first->place) first = &each;
    }
  }
  const Labelled* exact() const { return exact_ != nullptr ? exact_ : generic_; }
  const Labelled* fuzzy() const { return fuzzy_ != nullptr && !fuzzy_->is_tool ? fuzzy_ : nullptr; }

 private:
  const SynShape& syn_;
  const PlainFields fields_;
  const Labelled *exact_ = nullptr, *generic_ = nullptr, *fuzzy_ = nullptr;
};

std::optional<std::uint16_t> SignatureDatabase::match(const SynShape& syn) const {
  const auto found = by_layout_.find(syn.layout, syn.layout.hash);
  if (found == by_layout_.end()) return std::nullopt;
  const Labelled* fuzzy = nullptr;
  for (const OfLayout& file : found->second) {
    Best best(syn);
    const auto same = file.by_multiple.find(packed(syn.multiple));
    if (same != file.by_multiple.end()) best.look_in(same->second);
    best.look_in(file.of_any_window);
    if (const Labelled* const exact = best.exact()) return exact->system;
    if (fuzzy == nullptr) fuzzy = best.fuzzy();
  }
  return fuzzy != nullptr ? std::optional(fuzzy->system) : std::nullopt;
}

}  // namespace apiary
