#include "service/resolver.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/util.h>
#include <netinet/in.h>

#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

namespace apiary {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::minutes keep_time{1};
// Names come from the configuration; only variables in them can yield more.
constexpr std::size_t name_limit = 1024;

struct DnsDeleter {
  void operator()(evdns_base* dns) const { evdns_base_free(dns, 1); }
};

std::optional<std::uint32_t> first_v4(const evutil_addrinfo* found) {
  for (; found != nullptr; found = found->ai_next) {
    if (found->ai_family != AF_INET) continue;
    sockaddr_in address;
    std::memcpy(&address, found->ai_addr, sizeof address);
    return ntohl(address.sin_addr.s_addr);
  }
  return std::nullopt;
}

}  // namespace

/// Known addresses of names, and the callbacks that wait for others.
class Resolver::Cache {
 public:
  struct Name {
    std::optional<std::uint32_t> address;
    Clock::time_point until{};  // the address is valid until then
    std::vector<std::weak_ptr<Waiter>> waiters;
  };

  Name* find_or_add(const std::string& host) {
    if (names_.contains(host)) return &names_[host];
    if (names_.size() >= name_limit)
      std::erase_if(names_, [](const auto& entry) { return entry.second.waiters.empty(); });
    return names_.size() >= name_limit ? nullptr : &names_[host];
  }

  void answer(const std::string& host, std::optional<std::uint32_t> address) {
    Name& name = names_[host];
    name.address = address;
    name.until = address ? Clock::now() + keep_time : Clock::time_point{};
    for (const auto& waiting : std::exchange(name.waiters, {}))
      if (const auto waiter = waiting.lock()) (*waiter)(address);
  }

  std::unique_ptr<evdns_base, DnsDeleter> dns;  // created by the first lookup

 private:
  std::unordered_map<std::string, Name> names_;
};

/// A DNS query; it owns itself until the response.
struct Resolver::Lookup {
  std::weak_ptr<Cache> cache;
  std::string host;

  static void on_answer(int result, evutil_addrinfo* found, void* argument) {
    const std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(argument));
    const std::unique_ptr<evutil_addrinfo, decltype(&evutil_freeaddrinfo)> owned(
        found, evutil_freeaddrinfo);
    if (const auto cache = lookup->cache.lock())
      cache->answer(lookup->host, result == 0 ? first_v4(found) : std::nullopt);
  }
};

Resolver::Resolver(event_base* events) : events_(events), cache_(std::make_shared<Cache>()) {}

Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, const std::shared_ptr<Waiter>& waiter) {
  Cache::Name* const name = cache_->find_or_add(host);
  if (name == nullptr) return (*waiter)(std::nullopt);
  if (name->address && Clock::now() < name->until) return (*waiter)(name->address);
  name->waiters.push_back(waiter);
  if (name->waiters.size() > 1) return;

  if (!cache_->dns) {
    // Does not keep the loop running. Without resolv.conf, /etc/hosts still works.
    cache_->dns.reset(evdns_base_new(events_, EVDNS_BASE_DISABLE_WHEN_INACTIVE));
    evdns_base_resolv_conf_parse(cache_->dns.get(), DNS_OPTIONS_ALL, "/etc/resolv.conf");
  }
  evutil_addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  evdns_getaddrinfo(cache_->dns.get(), host.c_str(), nullptr, &hints, Lookup::on_answer,
                    new Lookup{cache_, host});
}

}  // namespace apiary
