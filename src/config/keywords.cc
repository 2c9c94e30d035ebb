#include "config/keywords.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "config/nearest.h"
#include "config/traits.h"

namespace apiary {
namespace {

constexpr auto statement_words = std::to_array<std::string_view>(
    {"add", "annotate", "bind", "broadcast", "clone", "create", "debug", "delete", "dhcp",
     "dynamic", "include", "list", "option", "route", "set"});

// From Honeyd's grammar; the list is final.
constexpr auto other_words = std::to_array<std::string_view>(
    {"action", "bandwidth", "between",     "block",   "closed",    "drop",    "droprate", "dstport",
     "entry",  "ethernet",  "filtered",    "finscan", "fragment",  "from",    "gid",      "icmp",
     "if",     "in",        "internal",    "ip",      "latency",   "link",    "loss",     "maxfds",
     "ms",     "net",       "network",     "new",     "no",        "old",     "on",       "open",
     "os",     "otherwise", "personality", "port",    "proxy",     "random",  "reset",    "restart",
     "shared", "source",    "spoof",       "srcport", "subsystem", "syn",     "tarpit",   "tcp",
     "time",   "to",        "tunnel",      "udp",     "uid",       "unreach", "uptime",   "use"});

// Reserved words that begin an action.
constexpr auto action_words = std::to_array<std::string_view>(
    {"block", "closed", "filtered", "internal", "open", "proxy", "reset", "tarpit"});

// Words that are keywords in one place and may be names in all others, like the words of traits
// that Honeyd lacks.
constexpr auto unreserved_words = std::to_array<std::string_view>(
    {"checksum", "duplicate", "gemodel", "jitter", "key", "mtu", "normal", "pareto", "proto",
     "proxy-protocol", "reorder", "transparent", "uniform"});

/// The words of all traits that begin no statement, too, in alphabetical order.
const std::vector<std::string_view>& trait_words() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> words;
    for (const TraitSpec& trait : trait_specs())
      for (const std::string_view word : words_of(trait))
        if (!is_statement_word(word)) words.push_back(word);
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }();
  return all;
}

static_assert(std::is_sorted(unreserved_words.begin(), unreserved_words.end()));
static_assert(std::is_sorted(statement_words.begin(), statement_words.end()));
static_assert(std::is_sorted(other_words.begin(), other_words.end()));

}  // namespace

bool is_statement_word(std::string_view word) {
  return std::binary_search(statement_words.begin(), statement_words.end(), word);
}

bool is_reserved_word(std::string_view word) {
  return is_statement_word(word) ||
         std::binary_search(other_words.begin(), other_words.end(), word);
}

bool is_language_word(std::string_view word) {
  return is_reserved_word(word) ||
         std::binary_search(unreserved_words.begin(), unreserved_words.end(), word) ||
         std::ranges::binary_search(trait_words(), word);
}

LanguageWords language_words() {
  LanguageWords words;
  words.statements.assign(statement_words.begin(), statement_words.end());
  words.actions.assign(action_words.begin(), action_words.end());
  std::vector<std::string_view> listed, others;
  std::ranges::merge(other_words, unreserved_words, std::back_inserter(listed));
  std::ranges::set_union(listed, trait_words(), std::back_inserter(others));
  std::set_difference(others.begin(), others.end(), action_words.begin(), action_words.end(),
                      std::back_inserter(words.others));
  return words;
}

bool is_trait_word(std::string_view word) {
  return std::ranges::find(trait_specs(), word, &TraitSpec::keyword) != trait_specs().end();
}

std::string_view nearest_statement_word(std::string_view word) {
  return nearest_word(word, statement_words);
}

}  // namespace apiary
