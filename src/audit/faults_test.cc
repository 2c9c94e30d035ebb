// Faults put back on purpose: each must be found by its tell, and a network without faults by none.
#include <gtest/gtest.h>

#include <set>

#include "audit/testing/faulty_network.h"

namespace apiary {
namespace {

using Fault = std::function<void(FaultyProber&)>;

/// Half an hour of simulated time, but fewer conversations than usual.
constexpr AuditPace test_pace{.max_talk_ports = 2};

AuditReport report_on(const FaultyNetwork& network, const Fault& fault = {}) {
  const HoneynetAudit audit = network.audit();
  const auto engine = make_engine_prober(audit);
  FaultyProber prober(*engine);
  if (fault) fault(prober);
  return judge_all("test", observe(audit, prober, test_pace), {});
}

TellResult result_of(const AuditReport& report, std::string_view id) {
  for (const JudgedTell& judged : report.tells)
    if (judged.tell->id == id) return judged.result;
  ADD_FAILURE() << "no tell " << id;
  return {};
}

HeardTcp* tcp_of(Heard& heard) { return std::get_if<HeardTcp>(&heard.content); }

TEST(Faults, ANetworkWithoutThemFailsNoTell) {
  for (const JudgedTell& judged : report_on({}).tells) {
    EXPECT_NE(judged.result.verdict, TellVerdict::fail)
        << judged.tell->id << ' ' << judged.result.explanation;
  }
}

TEST(Faults, OfTheStackAreFound) {
  struct Case {
    std::string_view name, tell;
    Fault fault;
  };
  std::uint16_t shared_id = 100;
  std::map<std::pair<IpAddress, std::uint16_t>, int> syn_acks;
  const Case cases[] = {
      {"constant ISN", "T9",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (HeardTcp* tcp = tcp_of(heard); tcp != nullptr && tcp->accepts())
             tcp->sequence = {4'711};
           return true;
         };
       }},
      {"one counter of IP IDs", "T8",
       [&](FaultyProber& prober) {
         prober.change_heard = [&](Heard& heard) {
           heard.identification = shared_id++;
           return true;
         };
       }},
      {"no retransmission", "T3",
       [&](FaultyProber& prober) {
         prober.change_heard = [&](Heard& heard) {
           const HeardTcp* tcp = tcp_of(heard);
           return tcp == nullptr || !tcp->accepts() ||
                  syn_acks[{heard.source, tcp->destination.number}]++ == 0;
         };
       }},
      {"one timestamp clock", "T7",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (HeardTcp* tcp = tcp_of(heard); tcp != nullptr && tcp->options.timestamps)
             tcp->options.timestamps->value = static_cast<std::uint32_t>(
                 std::chrono::floor<milliseconds>(heard.at.time_since_epoch()).count());
           return true;
         };
       }},
      {"one rate of all clocks", "T6",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (HeardTcp* tcp = tcp_of(heard); tcp != nullptr && tcp->options.timestamps)
             tcp->options.timestamps->value = static_cast<std::uint32_t>(
                 std::int64_t{heard.source.v4_value()} * 99'991 +
                 std::chrono::floor<milliseconds>(heard.at.time_since_epoch()).count());
           return true;
         };
       }},
      {"incomplete datagrams are answered", "T5",
       [](FaultyProber& prober) {
         prober.change_sent = [](std::vector<std::uint8_t>& datagram) {
           auto parsed = parse_ip(datagram);
           if (!parsed || !parsed->more_fragments) return;
           parsed->more_fragments = false;
           const std::vector<std::uint8_t> payload(parsed->payload.begin(), parsed->payload.end());
           datagram = datagram_of(*parsed, payload);
         };
       }},
      {"options that nobody offered", "T4",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (HeardTcp* tcp = tcp_of(heard); tcp != nullptr && tcp->accepts())
             tcp->options.window_scale = 7;
           return true;
         };
       }},
      {"echo replies with other data", "T21",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (auto* icmp = std::get_if<HeardIcmp>(&heard.content)) icmp->payload = "hello";
           return true;
         };
       }},
      {"an established connection is silent", "T22",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           const HeardTcp* tcp = tcp_of(heard);
           return tcp == nullptr || tcp->has(tcp_flag::syn);
         };
       }},
      {"the window of a tarpit", "T12",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           if (HeardTcp* tcp = tcp_of(heard)) {
             tcp->kinds.clear();
             tcp->window = 5;
           }
           return true;
         };
       }},
      {"round trips of whole milliseconds", "T10",
       [](FaultyProber& prober) {
         prober.change_heard = [](Heard& heard) {
           heard.at += milliseconds{3 + heard.at.time_since_epoch().count() / 1'000'000 % 5};
           return true;
         };
       }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TellResult found = result_of(report_on({}, c.fault), c.tell);
    EXPECT_EQ(found.verdict, TellVerdict::fail) << found.explanation;
    EXPECT_GE(found.hosts.size(), 2U);
  }
}

TEST(Faults, OfTheConfigurationAreFound) {
  SameWords words("220 mail.example.org ready at your service\r\n");
  const auto text = std::make_shared<const ServiceSpec>(Script{"greet"});
  struct Case {
    std::string_view name, tell;
    TellVerdict verdict;
    std::function<void(FaultyNetwork&)> change;
  };
  const Case cases[] = {
      {"one MAC address for all", "T18", TellVerdict::fail,
       [](FaultyNetwork& network) { network.machine.nic = nullptr; }},
      {"every port open", "T13", TellVerdict::fail,
       [](FaultyNetwork& network) { network.machine.tcp_default = Open{}; }},
      {"a web server that never speaks", "T25", TellVerdict::fail,
       [](FaultyNetwork& network) {
         network.machine.tcp_ports = {{Port{80}, Open{}}};
       }},
      {"one banner on all hosts", "T13", TellVerdict::warn,
       [&](FaultyNetwork& network) {
         network.machine.tcp_ports = {{Port{25}, text}};
         network.services = &words;
       }},
      {"one boot time on all hosts", "T7", TellVerdict::fail,
       [](FaultyNetwork& network) { network.machine.uptime = hours{30}; }},
      {"two hosts behind one server", "T16", TellVerdict::warn,
       [](FaultyNetwork& network) {
         network.machine.tcp_ports = {
             {Port{22}, std::make_shared<const ServiceSpec>(Proxy{"192.0.2.9:22"})}};
       }},
      {"no time over four routers", "T11", TellVerdict::fail,
       [](FaultyNetwork& network) {
         const auto router = [](std::uint8_t n) { return IpAddress::v4(10, 0, n, 1); };
         const IpPrefix net(IpAddress::v4(10, 0, 9, 0), 24);
         network.topology.entries = {{router(1), IpPrefix(IpAddress::v4(10, 0, 0, 0), 16)}};
         for (std::uint8_t n = 1; n < 4; ++n)
           network.topology.next_hops.push_back(
               {router(n), net, router(static_cast<std::uint8_t>(n + 1)), {}});
         network.topology.direct = {{router(4), net}};
       }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    FaultyNetwork network;
    c.change(network);
    const TellResult found = result_of(report_on(network), c.tell);
    EXPECT_EQ(found.verdict, c.verdict) << found.explanation;
  }
}

}  // namespace
}  // namespace apiary
