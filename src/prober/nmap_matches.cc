#include "prober/nmap_matches.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <optional>

namespace apiary {
namespace {

struct CodeDeleter {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
using Pattern = std::unique_ptr<pcre2_code, CodeDeleter>;

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

Pattern compile(std::string_view expression, std::string_view flags) {
  std::uint32_t options = 0;
  if (flags.find('i') != flags.npos) options |= PCRE2_CASELESS;
  if (flags.find('s') != flags.npos) options |= PCRE2_DOTALL;
  int error = 0;
  PCRE2_SIZE place = 0;
  return Pattern(
      pcre2_compile(units(expression), expression.size(), options, &error, &place, nullptr));
}

bool matches(const pcre2_code* pattern, std::string_view said) {
  if (pattern == nullptr) return false;
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(pattern, nullptr), pcre2_match_data_free);
  const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context(
      pcre2_match_context_create(nullptr), pcre2_match_context_free);
  constexpr std::uint32_t most_steps = 200'000;  // an answer cannot keep us busy
  pcre2_set_match_limit(context.get(), most_steps);
  return pcre2_match(pattern, units(said), said.size(), 0, 0, data.get(), context.get()) >= 0;
}

std::string lower_text(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// "Kojoney SSH honeypot" of ` p/Kojoney SSH honeypot/ i/.../`.
std::string product_of(std::string_view fields) {
  const std::size_t at = fields.find(" p");
  if (at == fields.npos || at + 3 > fields.size()) return "a honeypot";
  const char delimiter = fields[at + 2];
  const std::size_t end = fields.find(delimiter, at + 3);
  return std::string(fields.substr(at + 3, end == fields.npos ? end : end - at - 3));
}

}  // namespace

struct NmapMatches::MatchLine {
  std::string expression, flags, product;
  bool is_honeypot = false, is_soft = false;
  Pattern pattern{};  // of honeypots; others are compiled when they are needed
};

NmapMatches::~NmapMatches() = default;
NmapMatches::NmapMatches(NmapMatches&&) noexcept = default;
NmapMatches& NmapMatches::operator=(NmapMatches&&) noexcept = default;

NmapMatches::NmapMatches(std::string_view text) {
  Section section;
  std::size_t kept = 0;  // of the section
  const auto end_section = [&] {
    section.resize(kept);
    if (kept > 0) sections_.push_back(std::move(section));
    section.clear();
    kept = 0;
  };
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("Probe ")) end_section();
    const bool is_soft = line.starts_with("softmatch ");
    if (!is_soft && !line.starts_with("match ")) continue;
    // match SERVICE m|EXPRESSION|FLAGS FIELDS
    const std::size_t name = line.find(' ') + 1, begin = line.find(" m", name);
    if (begin == line.npos || begin + 3 >= line.size()) continue;
    const char delimiter = line[begin + 2];
    const std::size_t end = line.find(delimiter, begin + 3);
    if (end == line.npos) continue;
    const std::string_view rest = line.substr(end + 1);
    MatchLine& added = section.emplace_back();
    added.expression = line.substr(begin + 3, end - begin - 3);
    added.flags = rest.substr(0, rest.find(' '));
    added.is_soft = is_soft;
    added.is_honeypot = lower_text(line.substr(name, begin - name)).find("honeypot") == 0 ||
                        lower_text(rest).find("honey") != std::string::npos;
    if (!added.is_honeypot) continue;
    added.product = product_of(rest);
    added.pattern = compile(added.expression, added.flags);
    kept = section.size();
    ++honeypots_;
  }
  end_section();
}

std::string NmapMatches::honeypot_of(std::string_view said) const {
  for (const Section& section : sections_)
    for (const MatchLine& line : section)
      if (line.is_honeypot && matches(line.pattern.get(), said) &&
          !has_earlier(section, line, said))
        return line.product;
  return {};
}

bool NmapMatches::has_earlier(const Section& section, const MatchLine& line,
                              std::string_view said) const {
  for (const MatchLine& earlier : section) {
    if (&earlier == &line) return false;
    if (!earlier.is_soft && !earlier.is_honeypot &&
        matches(compile(earlier.expression, earlier.flags).get(), said))
      return true;
  }
  return false;
}

}  // namespace apiary
