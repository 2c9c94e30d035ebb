#include "audit/probe_round.h"

#include <utility>

namespace apiary {
namespace {

constexpr std::uint16_t first_tag = 41'000;

std::uint64_t place_key(const IpAddress& host, std::uint16_t tag) {
  return std::uint64_t{host.v4_value()} << 16 | tag;
}

/// The tag of the probe that a packet answers; 0: of none.
std::uint16_t tag_of(const Heard& heard) {
  if (const HeardTcp* tcp = heard.tcp()) return tcp->destination.number;
  if (const HeardUdp* udp = heard.udp()) return udp->destination.number;
  if (const HeardIcmp* icmp = heard.icmp())
    return icmp->quote ? icmp->quote->tag : static_cast<std::uint16_t>(icmp->rest >> 16);
  return 0;
}

}  // namespace

ProbeRound::ProbeRound(Prober& prober, const AuditPace& pace, Observations& observations)
    : prober_(prober), pace_(pace), observations_(observations) {
  for (std::size_t i = 0; i < observations.hosts.size(); ++i)
    hosts_.emplace(observations.hosts[i].address, i);
}

std::uint16_t ProbeRound::next_tag(const HostObservation& host) {
  auto [found, is_new] = tags_.try_emplace(host.address, first_tag);
  return found->second++;
}

Exchange& ProbeRound::begin(HostObservation& host, Series series, Port port, std::uint8_t ttl) {
  Exchange& exchange = begin_again(host, series, next_tag(host), port);
  exchange.ttl = ttl;
  return exchange;
}

Exchange& ProbeRound::begin_again(HostObservation& host, Series series, std::uint16_t tag,
                                  Port port) {
  auto& exchanges = host.of(series);
  prober_.await_turn();
  exchanges.push_back({.sent = prober_.now(), .tag = tag, .port = port});
  places_[place_key(host.address, tag)] = {hosts_.at(host.address), exchanges.size() - 1, series};
  return exchanges.back();
}

IpDatagram ProbeRound::to(const IpAddress& host, std::uint8_t ttl) const {
  return {.source = prober_.source(), .destination = host, .hop_limit = ttl};
}

void ProbeRound::send_syn(HostObservation& host, const Exchange& exchange, SynOffer offer,
                          std::uint8_t more_flags) {
  const ProbeBytes options = options_of(offer, 1'000'000);
  const auto flags = static_cast<std::uint8_t>(tcp_flag::syn | more_flags);
  send_segment(host,
               {.source_port = {exchange.tag},
                .destination_port = exchange.port,
                .sequence = first_sequence,
                .flags = flags,
                .window = 64'240,
                .options = options},
               exchange.ttl);
}

void ProbeRound::send_segment(const HostObservation& host, const TcpSegment& segment,
                              std::uint8_t ttl) {
  prober_.send(tcp_packet(to(host.address, ttl), segment));
}

void ProbeRound::settle(Duration time) {
  prober_.wait(time);
  for (Heard& heard : prober_.take()) file(std::move(heard));
}

const Heard* ProbeRound::settle_for_answer(const HostObservation& host, Series series,
                                           Duration most) {
  constexpr Duration step = milliseconds{5};
  const Exchange& exchange = host.of(series).back();
  for (Duration waited{}; waited < most && exchange.answers.empty(); waited += step) settle(step);
  return exchange.from(host.address);
}

std::vector<Heard> ProbeRound::take_strays() { return std::exchange(strays_, {}); }

void ProbeRound::file(Heard&& heard) {
  if (const ArpMessage* arp = heard.arp()) {
    const auto host = hosts_.find(arp->sender_ip);
    if (host != hosts_.end() && arp->operation == ArpOperation::reply)
      observations_.hosts[host->second].mac = arp->sender_mac;
    return;
  }
  if (const HeardUdp* udp = heard.udp(); udp != nullptr && udp->destination == Port{67}) {
    observations_.dhcp.push_back({heard.sender, udp->payload});
    return;
  }
  file_error_or_answer(std::move(heard));
}

void ProbeRound::file_error_or_answer(Heard&& heard) {
  const IpAddress host = heard.is_error() ? heard.icmp()->quote->destination : heard.source;
  if (!host.is_v4()) return;
  const auto found = places_.find(place_key(host, tag_of(heard)));
  if (found == places_.end()) {
    strays_.push_back(std::move(heard));
    return;
  }
  const Place place = found->second;
  Exchange& exchange = observations_.hosts[place.host].of(place.series)[place.exchange];
  // As the kernel of a scanner resets a connection that it did not ask for.
  if (heard.tcp() != nullptr && heard.tcp()->accepts() && place.series != Series::unanswered &&
      place.series != Series::established)
    reset(place, heard);
  exchange.answers.push_back(std::move(heard));
}

void ProbeRound::reset(const Place& place, const Heard& heard) {
  const HeardTcp& segment = *heard.tcp();
  send_segment(observations_.hosts[place.host], {.source_port = segment.destination,
                                                 .destination_port = segment.source,
                                                 .sequence = segment.acknowledgment,
                                                 .flags = tcp_flag::rst});
}

}  // namespace apiary
