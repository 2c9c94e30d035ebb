#include "lan/dhcp_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lan/dhcp_clients.h"
#include "personality/fingerprint.h"

namespace apiary {
namespace {

const MacAddress mac{{0, 0x11, 0x22, 0x33, 0x44, 0x55}}, server_mac{{2, 0, 0, 0, 0, 1}};
const IpAddress server = IpAddress::v4(192, 0, 2, 1), leased = IpAddress::v4(192, 0, 2, 77);
const Instant start{seconds{1'000}};

std::string_view name_of(DhcpType type) {
  constexpr std::string_view names[] = {"",    "discover", "offer",   "request", "decline",
                                        "ack", "nak",      "release", "inform"};
  return names[static_cast<std::size_t>(type)];
}

/// A client, a clock that stands still, and a note of all it does.
class DhcpClientTest : public ::testing::Test, protected DhcpActions {
 protected:
  void send(const DhcpMessage& message, const IpAddress& from, const Lease* to) override {
    last = message;
    note(fmt::format("{} {}", name_of(message.type), to == nullptr ? "to all" : "to the server"));
    EXPECT_TRUE(from.is_unspecified() || from == leased);
  }
  void probe(const IpAddress& address) override { note("probe " + to_string(address)); }
  void announce(const IpAddress& address) override { note("announce " + to_string(address)); }
  bool is_free(const IpAddress&) override { return free; }
  void gained(const Lease& lease) override { note("gained " + to_string(lease.address)); }
  void lost(const Lease&, std::string_view why) override { note(fmt::format("lost: {}", why)); }

  void note(std::string what) {
    did += did.empty() ? "" : "; ";
    did += what;
  }
  std::string take() { return std::exchange(did, ""); }

  void wait(Duration time) {
    const Instant end = now + time;
    while (client.next_due() <= end) {
      now = std::max(now, client.next_due());
      client.on_time(now, random, *this);
    }
    now = end;
  }
  /// What the server answers to the last message.
  void answer(DhcpType type, Duration lease = hours{1}) {
    DhcpMessage message = last;
    message.from_server = true;
    message.type = type;
    message.yours = leased;
    message.server = server;
    message.lease = lease;
    client.on_message(now, message, server_mac, random, *this);
  }
  void become_bound(Duration lease = hours{1}) {
    wait(DhcpClient::max_start_time);
    answer(DhcpType::offer);
    answer(DhcpType::ack, lease);
    wait(seconds{8});
    ASSERT_NE(client.lease(), nullptr);
    take();
  }

  Random random{7};
  Instant now = start;
  DhcpClient client{mac, start, random};
  DhcpMessage last;
  bool free = true;
  std::string did;
};

TEST_F(DhcpClientTest, TakesAnAddressThatNobodyHas) {
  wait(DhcpClient::max_start_time);
  EXPECT_EQ(take(), "discover to all");
  answer(DhcpType::offer);
  EXPECT_EQ(take(), "request to all");
  EXPECT_EQ(last.requested, leased);
  EXPECT_EQ(last.server, server);
  answer(DhcpType::ack);
  EXPECT_EQ(client.lease(), nullptr) << "not before it is checked";
  wait(seconds{8});
  EXPECT_EQ(take(),
            "probe 192.0.2.77; probe 192.0.2.77; probe 192.0.2.77; gained 192.0.2.77; "
            "announce 192.0.2.77; announce 192.0.2.77");
  ASSERT_NE(client.lease(), nullptr);
  EXPECT_EQ(client.lease()->server_mac, server_mac);
}

TEST_F(DhcpClientTest, AsksAgainLessAndLessOften) {
  std::vector<Instant> sent;
  while (sent.size() < 8) {
    now = client.next_due();
    client.on_time(now, random, *this);
    if (!take().empty()) sent.push_back(now);
  }
  const int expected[] = {4, 8, 16, 32, 64, 64, 64};
  for (std::size_t i = 0; i + 1 < sent.size(); ++i)
    EXPECT_NEAR(in_seconds(sent[i + 1] - sent[i]), expected[i], 1.0);
}

TEST_F(DhcpClientTest, RestartsWhenItsRequestIsNotAnswered) {
  wait(DhcpClient::max_start_time);
  answer(DhcpType::offer);
  take();
  wait(minutes{2});
  EXPECT_TRUE(did.starts_with("request to all; request to all; request to all; discover to all"))
      << did;
}

TEST_F(DhcpClientTest, DeclinesWhatAnotherMachineHas) {
  for (const bool is_asked : {false, true}) {
    client = DhcpClient(mac, now, random);
    wait(DhcpClient::max_start_time);
    answer(DhcpType::offer);
    answer(DhcpType::ack);
    wait(seconds{1});
    take();
    client.on_conflict(now, is_asked, random, *this);
    EXPECT_EQ(take(), "decline to all; lost: another machine has it");
    EXPECT_EQ(last.requested, leased);
    wait(DhcpClient::rest_after_decline - seconds{1});
    EXPECT_EQ(take(), "") << "it takes a rest";
    wait(seconds{5});
    EXPECT_EQ(take(), "discover to all");
  }
}

TEST_F(DhcpClientTest, DeclinesWhatIsOurs) {
  free = false;
  wait(DhcpClient::max_start_time);
  answer(DhcpType::offer);
  answer(DhcpType::ack);
  EXPECT_EQ(take(),
            "discover to all; request to all; decline to all; lost: another machine has it");
}

TEST_F(DhcpClientTest, DefendsItsAddressOnceThenGivesIn) {
  become_bound();
  client.on_conflict(now, true, random, *this);
  EXPECT_EQ(take(), "") << "being asked for it is no conflict";
  client.on_conflict(now, false, random, *this);
  EXPECT_EQ(take(), "announce 192.0.2.77");
  now += DhcpClient::defend_interval;
  client.on_conflict(now, false, random, *this);
  EXPECT_EQ(take(), "announce 192.0.2.77");
  client.on_conflict(now, false, random, *this);
  EXPECT_EQ(take(), "decline to all; lost: another machine has it");
}

TEST_F(DhcpClientTest, RenewsThenRebindsThenLosesTheLease) {
  become_bound();
  const Lease lease = *client.lease();
  EXPECT_NEAR(in_seconds(lease.renew - lease.obtained), 1'800, 72);
  wait(lease.renew - now);
  EXPECT_EQ(take(), "request to the server");
  EXPECT_EQ(last.client, leased);
  EXPECT_FALSE(last.requested || last.server);
  answer(DhcpType::ack);
  EXPECT_EQ(take(), "");
  EXPECT_GT(client.lease()->expire, lease.expire);

  wait(client.lease()->renew - now);
  wait(client.lease()->rebind - now - seconds{1});
  EXPECT_TRUE(did.starts_with("request to the server; request to the server")) << did;
  EXPECT_EQ(did.find("to all"), std::string::npos) << did;
  take();
  wait(client.lease()->expire - now - seconds{1});
  EXPECT_TRUE(did.starts_with("request to all")) << did;
  EXPECT_EQ(did.find("to the server"), std::string::npos) << did;
  take();
  wait(seconds{2});
  EXPECT_EQ(take(), "lost: the lease ran out; discover to all");
}

TEST_F(DhcpClientTest, GivesUpWhatTheServerRefuses) {
  become_bound();
  wait(client.lease()->renew - now);
  take();
  answer(DhcpType::nak);
  EXPECT_EQ(take(), "lost: the server refuses it");
  wait(DhcpClient::max_start_time);
  EXPECT_EQ(take(), "discover to all");
}

TEST_F(DhcpClientTest, ALeaseForEverIsNotRenewed) {
  become_bound(Duration::max());
  wait(hours{10'000});
  EXPECT_EQ(take(), "");
}

TEST_F(DhcpClientTest, GivesItsAddressBackOnce) {
  become_bound();
  client.release(*this, "over");
  client.release(*this, "over");
  EXPECT_EQ(take(), "release to the server; lost: over");
  EXPECT_EQ(last.client, leased);
  EXPECT_EQ(client.next_due(), Instant::max());
}

TEST_F(DhcpClientTest, HeedsOnlyAnswersToItself) {
  wait(DhcpClient::max_start_time);
  take();
  DhcpMessage offer = last;
  offer.from_server = true;
  offer.type = DhcpType::offer;
  offer.yours = leased;
  offer.server = server;
  const auto hear = [&](auto change) {
    DhcpMessage message = offer;
    change(message);
    client.on_message(now, message, server_mac, random, *this);
    return take();
  };
  EXPECT_EQ(hear([](DhcpMessage& m) { ++m.transaction; }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.client_mac = server_mac; }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.from_server = false; }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.server.reset(); }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.yours = IpAddress::v4(0); }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.yours = IpAddress::v4(224, 0, 0, 1); }), "");
  EXPECT_EQ(hear([](DhcpMessage& m) { m.type = DhcpType::ack; }), "");
  EXPECT_EQ(hear([](DhcpMessage&) {}), "request to all");
}

TEST(EmitDhcp, SpeaksAsItsSystemDoes) {
  DhcpMessage request;
  request.type = DhcpType::request;
  request.client_mac = mac;
  request.requested = leased;
  request.server = server;
  std::vector<std::uint8_t> bytes;
  const auto options_of = [&] {
    std::string codes;
    for (std::size_t at = sizeof(wire::DhcpHeader); bytes[at] != 255; at += 2 + bytes[at + 1])
      codes += fmt::format("{} ", bytes[at]);
    return codes;
  };
  emit_dhcp(request, default_dhcp_quirks(), generated_host_name(default_dhcp_quirks(), 1), bytes);
  EXPECT_EQ(options_of(), "53 50 54 12 55 ");
  EXPECT_GE(bytes.size(), 300U);
  const auto read = parse_dhcp(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->requested, leased);
  EXPECT_EQ(read->server, server);
  EXPECT_EQ(read->client_mac, mac);

  const DhcpQuirks windows = dhcp_quirks_of({.name = "Microsoft Windows 10 1607",
                                             .vendor = "Microsoft",
                                             .family = "Windows",
                                             .tests = {}});
  emit_dhcp(request, windows, generated_host_name(windows, 1), bytes);
  EXPECT_EQ(options_of(), "53 61 50 54 12 81 60 55 ");
  request.type = DhcpType::release;
  emit_dhcp(request, windows, generated_host_name(windows, 1), bytes);
  EXPECT_EQ(options_of(), "53 61 50 54 ");
}

TEST(EmitDhcp, SaysTheNameThatAHostHas) {
  DhcpMessage discover;
  discover.client_mac = mac;
  const auto name_sent_by = [&](DhcpQuirks quirks) -> std::string {
    std::vector<std::uint8_t> bytes;
    emit_dhcp(discover, quirks, "www.example.org", bytes);
    for (std::size_t at = sizeof(wire::DhcpHeader); bytes[at] != 255; at += 2 + bytes[at + 1])
      if (bytes[at] == dhcp_option::host_name)
        return {bytes.begin() + static_cast<std::ptrdiff_t>(at + 2),
                bytes.begin() + static_cast<std::ptrdiff_t>(at + 2 + bytes[at + 1])};
    return {};
  };
  EXPECT_EQ(name_sent_by(default_dhcp_quirks()), "www.example.org");
  EXPECT_EQ(name_sent_by({.order = "\65", .parameters = {}, .vendor_class = {}, .host_name = {}}),
            "www.example.org")
      << "also of a system whose client says none";
  discover.type = DhcpType::release;
  EXPECT_EQ(name_sent_by(default_dhcp_quirks()), "");
}

}  // namespace
}  // namespace apiary
