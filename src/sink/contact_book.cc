#include "sink/contact_book.h"

#include <fmt/format.h>

#include <numeric>

#include "sink/event_text.h"

namespace apiary {
namespace {

constexpr std::array protocols = {IpProtocol::icmp, IpProtocol::tcp, IpProtocol::udp};

std::size_t index_of(IpProtocol protocol) {
  return protocol == IpProtocol::icmp ? 0 : protocol == IpProtocol::tcp ? 1 : 2;
}

}  // namespace

void ContactBook::note(const Probed& probe, std::vector<std::string>& lines) {
  const Pair pair{probe.flow.remote.address, probe.flow.local.address};
  if (Contact* const contact = contacts_.touch(pair)) {
    contact->last = probe.at;
    ++contact->more[index_of(probe.flow.protocol)];
    return;
  }
  if (contacts_.size() >= contacts_.capacity()) close_oldest(lines);
  contacts_.insert(pair, {.last = probe.at});
  lines.push_back(event_text(probe));
}

void ContactBook::on_time(Instant now, std::vector<std::string>& lines) {
  while (next_due() <= now) close_oldest(lines);
}

Instant ContactBook::next_due() {
  const auto [pair, contact] = contacts_.oldest();
  return contact == nullptr ? Instant::max() : contact->last + quiet_time;
}

void ContactBook::finish(std::vector<std::string>& lines) {
  while (contacts_.size() > 0) close_oldest(lines);
}

void ContactBook::close_oldest(std::vector<std::string>& lines) {
  const auto [oldest, contact] = contacts_.oldest();
  const Pair pair = *oldest;
  const auto& more = contact->more;
  if (const auto total = std::accumulate(more.begin(), more.end(), std::uint64_t{0}); total > 0) {
    std::string line = fmt::format("{} > {}: {} more packets", to_string(pair.source),
                                   to_string(pair.host), total);
    const char* separator = " (";
    for (const IpProtocol protocol : protocols) {
      const std::uint64_t count = more[index_of(protocol)];
      if (count == 0) continue;
      line += fmt::format("{}{} {}", separator, count, protocol_name(protocol));
      separator = ", ";
    }
    lines.push_back(line + ")");
  }
  contacts_.erase(pair);
}

}  // namespace apiary
