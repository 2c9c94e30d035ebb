#include "config/vendor_names.h"

#include <algorithm>
#include <cctype>

#include "base/ascii.h"

namespace apiary {
namespace {

struct Successor {
  std::string_view name, today;
};

// Vendors by their names of Honeyd's time or by common short names, and the names under which IEEE
// lists their prefixes today.
constexpr Successor successors[] = {
    {"aironet", "cisco systems"},
    {"amd", "advanced micro devices"},
    {"banyan", "banyan systems"},
    {"compaq", "hewlett packard"},
    {"connectix", "microsoft"},
    {"crescendo", "cisco systems"},
    {"danger", "microsoft"},
    {"dec", "digital equipment"},
    {"farallon", "arris"},
    {"foundry", "brocade"},
    {"hp", "hewlett packard"},
    {"hp ux", "hewlett packard"},
    {"innotek", "oracle"},
    {"international business machines", "ibm"},
    {"iomega", "emc"},
    {"kalpana", "cisco systems"},
    {"national semiconductor", "texas instruments"},
    {"next", "apple"},
    {"orinoco", "agere systems"},
    {"sgi", "silicon graphics"},
    {"smc", "standard microsystems"},
    {"sun", "oracle"},
    {"sun microsystems", "oracle"},
    {"symbol", "zebra technologies"},
    {"synoptics", "bay networks"},
    {"virtualbox", "pcs systemtechnik"},
    {"wavelan", "lucent technologies"},
    {"wellfleet", "bay networks"},
};

// Too many names begin with it.
constexpr std::string_view common_words[] = {
    "advanced", "american", "beijing", "china", "data",     "digital", "general", "international",
    "micro",    "national", "network", "new",   "shenzhen", "systems", "the",     "united"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

}  // namespace

std::string vendor_words(std::string_view name) {
  std::string words = " ";
  for (const char c : name) {
    if (is_letter_or_digit(c))
      words += lower(c);
    else if (words.back() != ' ')
      words += ' ';
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

std::string vendor_letters(std::string_view name) {
  std::string letters;
  for (const char c : name)
    if (is_letter_or_digit(c)) letters += lower(c);
  return letters;
}

std::vector<std::string> other_vendor_names(std::string_view name) {
  std::vector<std::string> names;
  std::string words = vendor_words(name);
  while (words.size() > 1) {
    const std::string_view bare = std::string_view(words).substr(1, words.size() - 2);
    const auto* const successor =
        std::ranges::find(successors, bare, [](const Successor& each) { return each.name; });
    if (successor != std::end(successors)) names.push_back(vendor_words(successor->today));
    if (std::ranges::find(common_words, bare) == std::end(common_words)) names.push_back(words);
    words.resize(words.rfind(' ', words.size() - 2) + 1);
  }
  return names;
}

}  // namespace apiary
