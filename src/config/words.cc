#include "config/words.h"

#include <algorithm>
#include <array>

#include "config/nearest.h"

namespace apiary {
namespace {

constexpr auto statement_words = std::to_array<std::string_view>(
    {"add", "annotate", "bind", "broadcast", "clone", "create", "debug", "delete", "dhcp",
     "dynamic", "include", "list", "option", "route", "set"});

constexpr auto other_words = std::to_array<std::string_view>(
    {"action",      "bandwidth", "between",  "block",     "closed",   "drop",     "droprate",
     "dstport",     "entry",     "ethernet", "fd",        "filtered", "finscan",  "fragment",
     "from",        "gid",       "icmp",     "if",        "in",       "internal", "ip",
     "latency",     "link",      "loss",     "maxfds",    "ms",       "net",      "network",
     "new",         "no",        "old",      "on",        "open",     "os",       "otherwise",
     "personality", "port",      "proxy",    "random",    "reset",    "restart",  "shared",
     "source",      "spoof",     "srcport",  "subsystem", "syn",      "tarpit",   "tcp",
     "time",        "to",        "trace",    "tunnel",    "udp",      "uid",      "unreach",
     "uptime",      "use"});

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

std::string_view nearest_statement_word(std::string_view word) {
  return nearest_word(word, statement_words);
}

}  // namespace apiary
