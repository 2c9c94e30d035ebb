// Conversations with services: what they say first, what they answer, and to what is wrong.
#include <algorithm>
#include <array>

#include "audit/collect.h"
#include "audit/service_words.h"
#include "audit/talk.h"

namespace apiary {
namespace {

/// Calls `act(index, port)` for the open ports of all hosts that are examined.
template <class Act>
void for_each_service(const ProbeRound& round, Act act) {
  const auto& hosts = round.observations().hosts;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    std::vector<Port> open = hosts[i].open_ports();
    std::erase_if(open, [&](Port port) {
      return std::ranges::find(hosts[i].configured.unstarted, port) !=
             hosts[i].configured.unstarted.end();
    });
    std::stable_partition(open.begin(), open.end(), speaks_to_anyone);
    open.resize(std::min(open.size(), round.pace().max_talk_ports));
    for (const Port port : open) act(i, port);
  }
}

bool speaks(const HostObservation& host, Port port) {
  return std::ranges::any_of(host.conversations, [&](const HeardConversation& one) {
    return one.port == port && !one.said.empty();
  });
}

std::string said_first(const HostObservation& host, Port port) {
  for (const HeardConversation& one : host.conversations)
    if (one.port == port && one.topic == Topic::banner) return one.said;
  return {};
}

void ask_all(ProbeRound& round) {
  std::vector<Talk> talks;
  for_each_service(round, [&](std::size_t host, Port port) {
    talks.push_back({.host = host, .port = port, .topic = Topic::banner});
  });
  hold_talks(round, talks);
  talks.clear();
  for_each_service(round, [&](std::size_t host, Port port) {
    const std::string banner = said_first(round.observations().hosts[host], port);
    talks.push_back({.host = host,
                     .port = port,
                     .topic = Topic::request,
                     .messages = {request_for(port, banner)},
                     .has_banner = !banner.empty()});
    if (speaks_tls(port))
      talks.push_back({.host = host,
                       .port = port,
                       .topic = Topic::tls,
                       .messages = {client_hello()},
                       .has_banner = false});
  });
  hold_talks(round, talks);
}

void ask_wrongly(ProbeRound& round) {
  std::vector<Talk> talks;
  for_each_service(round, [&](std::size_t host, Port port) {
    const HostObservation& target = round.observations().hosts[host];
    if (!speaks(target, port)) return;
    const ServiceKind kind = service_kind(port, said_first(target, port));
    const bool has_banner = !said_first(target, port).empty();
    for (const std::string& nonsense : nonsense_for(kind))
      talks.push_back({host, port, Topic::nonsense, {nonsense}, has_banner});
    if (const auto login = login_for(kind); !login.empty())
      talks.push_back({host, port, Topic::login, login, has_banner});
    if (!round.pace().is_simulated)
      for (int time = 0; time < 5; ++time)
        talks.push_back(
            {host, port, Topic::delays, {request_for(port, said_first(target, port))}, has_banner});
  });
  hold_talks(round, talks);
}

}  // namespace

void collect_services(ProbeRound& round) {
  ask_all(round);
  ask_wrongly(round);
}

}  // namespace apiary
