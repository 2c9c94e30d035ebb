#include "event/contact_tracker.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

const Instant start{seconds{1'000}};
const HashKey key{1, 2};

ProbeReceived probe(Duration at, IpProtocol protocol, std::uint16_t port, std::uint8_t host = 2) {
  return {.at = start + at,
          .flow = {{IpAddress::v4(192, 0, 2, 9), {40000}},
                   {IpAddress::v4(10, 1, 0, host), {port}},
                   protocol},
          .type = protocol == IpProtocol::icmp ? ProbeType::echo_request
                                               : ProbeType::connection_request,
          .icmp_type = 8};
}

template <class T>
std::vector<T> all_of(const ContactTracker::PendingEvents& pending) {
  std::vector<T> found;
  for (const auto& [at, what] : pending)
    if (const auto* const one = std::get_if<T>(&what)) found.push_back(*one);
  return found;
}

TEST(ContactTracker, EmitsTheFirstPacketAndCountsTheRest) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  for (int i = 0; i < 7; ++i) book.note(probe(milliseconds{i}, IpProtocol::tcp, 80), pending);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(all_of<events::Contact>(pending).at(0).flow.local.port.number, 80);

  pending.clear();
  const Instant quiet = start + milliseconds{6} + ContactTracker::quiet_time;
  book.on_time(quiet - nanoseconds{1}, pending);
  EXPECT_TRUE(pending.empty()) << "the source is not quiet yet";
  EXPECT_EQ(book.next_due(), quiet);
  book.on_time(quiet, pending);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].first, start + milliseconds{6});
  const auto end = all_of<events::ContactEnd>(pending).at(0);
  EXPECT_EQ(end.packets.tcp, 7U);
  EXPECT_EQ(end.began, start);
  EXPECT_EQ(book.next_due(), Instant::max());
}

TEST(ContactTracker, SaysNothingMoreOfASinglePacket) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  book.note(probe({}, IpProtocol::tcp, 80), pending);
  book.finish(start + hours{1}, pending);
  EXPECT_EQ(pending.size(), 1U);
}

TEST(ContactTracker, ReportsOnceASecondWhatAFloodLeftOut) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  auto flood = [&, next = 198U << 24](Duration at) mutable {
    for (std::size_t i = 0; i < 2 * ContactTracker::contacts_per_second; ++i) {
      ProbeReceived one = probe(at, IpProtocol::tcp, 80);
      one.flow.remote.address = IpAddress::v4(next++);
      book.note(one, pending);
    }
  };
  flood({});
  EXPECT_EQ(all_of<events::Contact>(pending).size(), ContactTracker::contacts_per_second);
  // The daemon is far behind: turn after turn it hears of packets that waited.
  for (int turn = 0; turn < 10; ++turn) {
    flood(milliseconds{turn});
    book.on_time(start + seconds{5} + milliseconds{turn}, pending);
  }
  EXPECT_EQ(all_of<events::Limit>(pending).size(), 1U);
  book.on_time(start + seconds{7}, pending);
  ASSERT_EQ(all_of<events::Limit>(pending).size(), 2U);
  EXPECT_EQ(all_of<events::Limit>(pending)[1].total + all_of<events::Contact>(pending).size(),
            22 * ContactTracker::contacts_per_second);
}

TEST(ContactTracker, EmitsEachKindOfIcmpMessageOnce) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  ProbeReceived ping = probe({}, IpProtocol::icmp, 0);
  for (const int type : {8, 8, 13, 8, 13, 17}) {
    ping.icmp_type = static_cast<std::uint8_t>(type);
    book.note(ping, pending);
  }
  EXPECT_EQ(all_of<events::Contact>(pending).size(), 1U);
  const auto others = all_of<events::Icmp>(pending);
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0].type, 13);
  EXPECT_EQ(others[1].type, 17);
}

TEST(ContactTracker, EmitsASweepOverHostsAsOneScan) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  for (int host = 1; host <= 200; ++host)
    book.note(probe(milliseconds{host}, IpProtocol::tcp, 22, static_cast<std::uint8_t>(host)),
              pending);
  EXPECT_EQ(all_of<events::Contact>(pending).size(), ContactTracker::max_hosts);
  ASSERT_EQ(all_of<events::Scan>(pending).size(), 1U) << "noticed";
  pending.clear();
  book.on_time(start + minutes{1}, pending);
  ASSERT_EQ(pending.size(), 1U) << "a scan replaces its contacts";
  const auto scan = all_of<events::Scan>(pending).at(0);
  EXPECT_TRUE(scan.is_over);
  EXPECT_EQ(scan.hosts, Distinct{200});
  EXPECT_EQ(scan.ports, Distinct{1});
  EXPECT_EQ(scan.packets.tcp, 200U);
  EXPECT_EQ(to_string(scan.lowest_host), "10.1.0.1");
  EXPECT_EQ(to_string(scan.highest_host), "10.1.0.200");
}

TEST(ContactTracker, CountsThePortsOfAScanExactly) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  for (int round = 0; round < 2; ++round)
    for (int port = 1; port <= 65'535; ++port)
      book.note(probe({}, IpProtocol::tcp, static_cast<std::uint16_t>(port)), pending);
  book.finish(start, pending);
  const auto scans = all_of<events::Scan>(pending);
  ASSERT_EQ(scans.size(), 2U);
  EXPECT_EQ(scans[1].ports, Distinct{65'535});
  EXPECT_EQ(scans[1].hosts, Distinct{1});
  EXPECT_EQ(scans[1].packets.tcp, 131'070U);
}

TEST(ContactTracker, EmitsAnOngoingScanEveryMinute) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  for (int second = 0; second < 150; ++second) {
    book.note(probe(seconds{second}, IpProtocol::tcp, static_cast<std::uint16_t>(second + 1)),
              pending);
    book.on_time(start + seconds{second}, pending);
  }
  book.finish(start + seconds{150}, pending);
  const auto scans = all_of<events::Scan>(pending);
  ASSERT_EQ(scans.size(), 4U) << "noticed, twice in progress, ended";
  EXPECT_FALSE(scans[2].is_over);
  EXPECT_TRUE(scans[3].is_over);
  EXPECT_LT(scans[1].ports.number, scans[2].ports.number);
}

TEST(ContactTracker, CountsAHostOfAScanOnceHoweverOftenItIsSpokenTo) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  // Twelve hosts, four times over, each quiet for longer than a contact lasts.
  for (int round = 0; round < 4; ++round)
    for (std::uint8_t host = 1; host <= 12; ++host) {
      const Duration at = seconds{12 * round + host};
      book.note(probe(at, IpProtocol::tcp, 22, host), pending);
      book.on_time(start + at, pending);
    }
  book.finish(start + seconds{60}, pending);
  const auto scans = all_of<events::Scan>(pending);
  ASSERT_FALSE(scans.empty());
  EXPECT_EQ(scans.back().hosts, Distinct{12});
  EXPECT_EQ(scans.back().packets.tcp, 48U);
}

TEST(ContactTracker, FewHostsManyTimesAreNoScan) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  for (int second = 0; second < 120; ++second) {
    book.note(probe(seconds{second}, IpProtocol::tcp, 22, static_cast<std::uint8_t>(second % 10)),
              pending);
    book.on_time(start + seconds{second}, pending);
  }
  book.finish(start + seconds{120}, pending);
  EXPECT_TRUE(all_of<events::Scan>(pending).empty());
}

TEST(ContactTracker, SaysHowItCountedTheHostsOfAScan) {
  ContactTracker book(key, {.contacts = 64, .port_sets = 1, .host_sets = 1});
  ContactTracker::PendingEvents pending;
  const auto sweep = [&](std::uint8_t source, std::uint32_t things) {
    for (std::uint32_t i = 0; i < 2 * things; ++i) {
      ProbeReceived one = probe({}, IpProtocol::tcp, static_cast<std::uint16_t>(i % things));
      one.flow.remote.address = IpAddress::v4(192, 0, 2, source);
      one.flow.local.address = IpAddress::v4((10U << 24) + i % things);
      book.note(one, pending);
    }
  };
  sweep(1, 1'024);
  sweep(2, 1'024);
  book.finish(start, pending);
  sweep(3, 20'000);
  book.finish(start, pending);
  std::vector<events::Scan> over;
  for (const events::Scan& scan : all_of<events::Scan>(pending))
    if (scan.is_over) over.push_back(scan);
  ASSERT_EQ(over.size(), 3U);
  EXPECT_EQ(over[0].hosts, Distinct{1'024});
  EXPECT_EQ(over[0].ports, Distinct{1'024});
  EXPECT_EQ(over[1].hosts.how, Distinct::How::at_least) << "no place is left";
  EXPECT_EQ(over[1].ports.how, Distinct::How::at_least);
  EXPECT_EQ(over[2].hosts.how, Distinct::How::estimate);
  EXPECT_NEAR(static_cast<double>(over[2].hosts.number), 20'000, 1'500);
  EXPECT_EQ(over[2].ports, Distinct{20'000});
}

TEST(ContactTracker, GivesUpTheOldestContactWhenFull) {
  ContactTracker book(key, {.contacts = 2});
  ContactTracker::PendingEvents pending;
  for (std::uint8_t host = 1; host <= 3; ++host)
    for (int i = 0; i < 2; ++i) book.note(probe({}, IpProtocol::tcp, 80, host), pending);
  const auto ended = all_of<events::ContactEnd>(pending);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(to_string(ended[0].host), "10.1.0.1");
  EXPECT_EQ(ended[0].packets.total(), 2U);
}

TEST(ContactTracker, KeepsContactsOfOthersDuringAScan) {
  ContactTracker book(key, {.contacts = ContactTracker::max_hosts + 3});
  ContactTracker::PendingEvents pending;
  ProbeReceived other = probe({}, IpProtocol::tcp, 80);
  other.flow.remote.address = IpAddress::v4(192, 0, 2, 10);
  book.note(other, pending);
  for (int host = 1; host <= 200; ++host)
    book.note(probe({}, IpProtocol::tcp, 22, static_cast<std::uint8_t>(host)), pending);
  book.note(other, pending);
  pending.clear();
  book.finish(start, pending);
  const auto ended = all_of<events::ContactEnd>(pending);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].source, other.flow.remote.address);
  EXPECT_EQ(ended[0].packets.total(), 2U);
  ASSERT_EQ(all_of<events::Scan>(pending).size(), 1U);
  EXPECT_EQ(all_of<events::Scan>(pending)[0].hosts, Distinct{200});
}

TEST(ContactTracker, CapsContactsPerSecond) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  const std::size_t sources = 3 * ContactTracker::contacts_per_second;
  for (std::uint32_t i = 0; i < sources; ++i) {
    ProbeReceived from_anywhere = probe({}, IpProtocol::tcp, 80);
    from_anywhere.flow.remote.address = IpAddress::v4(0x2000'0000 + i);
    book.note(from_anywhere, pending);
  }
  EXPECT_EQ(all_of<events::Contact>(pending).size(), ContactTracker::contacts_per_second);
  EXPECT_EQ(book.next_due(), start + seconds{1});
  pending.clear();
  book.on_time(start + seconds{1}, pending);
  EXPECT_EQ(all_of<events::Limit>(pending).at(0).count,
            sources - ContactTracker::contacts_per_second);
}

TEST(ContactTracker, KnowsASourceThroughAFloodFromForgedOnes) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  std::uint32_t forged = 0x2000'0000;
  for (int second = 0; second < 2; ++second) {
    book.note(probe(seconds{second}, IpProtocol::tcp, 22), pending);
    for (int i = 0; i < 70'000; ++i) {
      ProbeReceived one = probe(seconds{second} + milliseconds{1}, IpProtocol::tcp, 80);
      one.flow.remote.address = IpAddress::v4(forged++);
      book.note(one, pending);
    }
  }
  pending.clear();
  book.finish(start + seconds{5}, pending);
  const auto ended = all_of<events::ContactEnd>(pending);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].began, start);
  EXPECT_EQ(ended[0].packets.tcp, 2U);
}

TEST(ContactTracker, NoticesAScanInAFlood) {
  ContactTracker book(key);
  ContactTracker::PendingEvents pending;
  book.note(probe({}, IpProtocol::tcp, 22, 1), pending);
  for (std::uint32_t i = 0; i < 3 * ContactTracker::contacts_per_second; ++i) {
    ProbeReceived one = probe({}, IpProtocol::tcp, 80);
    one.flow.remote.address = IpAddress::v4(0x2000'0000 + i);
    book.note(one, pending);
  }
  pending.clear();
  for (std::uint8_t host = 2; host <= 100; ++host)
    book.note(probe({}, IpProtocol::tcp, 22, host), pending);
  EXPECT_TRUE(all_of<events::Contact>(pending).empty());
  book.finish(start, pending);
  const auto scans = all_of<events::Scan>(pending);
  ASSERT_EQ(scans.size(), 2U);
  EXPECT_EQ(scans[1].hosts, Distinct{100});
  EXPECT_EQ(scans[1].packets.tcp, 100U);
}

}  // namespace
}  // namespace apiary
