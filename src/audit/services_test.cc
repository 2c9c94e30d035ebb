// The checks of what services say: texts in, verdicts out.
#include <gtest/gtest.h>

#include "audit/checks.h"
#include "audit/service_words.h"
#include "audit/ssh_hello.h"

namespace apiary {
namespace {

using namespace std::string_literals;

Observations observed(const std::string& personality, std::vector<HeardConversation> talks) {
  Observations observations;
  observations.hosts.push_back({.address = IpAddress::v4(10, 0, 0, 5)});
  observations.hosts[0].configured.personality = personality;
  observations.hosts[0].conversations = std::move(talks);
  return observations;
}

HeardConversation conversation(Topic topic, std::uint16_t port, std::string said,
                               std::string asked = "") {
  HeardConversation one{.topic = topic, .port = {port}, .opened = true, .said = std::move(said)};
  one.asked = std::move(asked);
  return one;
}

/// A version line and SSH_MSG_KEXINIT with these algorithms.
std::string ssh_hello(const std::string& version, const std::string& exchanges,
                      const std::string& ciphers) {
  std::string payload = "\x14"s + std::string(16, 'c');
  const auto put = [&](const std::string& names) {
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      payload += static_cast<char>(names.size() >> shift & 0xff);
    payload += names;
  };
  put(exchanges);
  put("ssh-ed25519");
  put(ciphers);
  for (int rest = 3; rest < 10; ++rest) put("x");
  return version + "\r\n" + std::string("\0\0\1\0\4", 5) + payload;
}

TEST(ServiceChecks, JudgeBySingleTexts) {
  const auto find_honeypot = [](std::string_view said) {
    return std::string(said.find("Kojo") != said.npos ? "Kojoney" : "");
  };
  const AuditKnowledge knowledge{.honeypot_of = find_honeypot};
  using Check = TellResult (*)(const Observations&, const AuditKnowledge&);
  struct Case {
    std::string_view name;
    Check check;
    std::string_view personality;
    HeardConversation said;
    TellVerdict verdict;
  };
  const std::string modern =
      "curve25519-sha256,curve25519-sha256@libssh.org,"
      "sntrup761x25519-sha512@openssh.com";
  const std::string ciphers = "chacha20-poly1305@openssh.com,aes128-ctr";
  const Case cases[] = {
      {"IIS on Linux", judge_banner_system, "Linux 5.4",
       conversation(Topic::request, 80, "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\n\r\n"),
       TellVerdict::fail},
      {"IIS on Windows", judge_banner_system, "Microsoft Windows 10",
       conversation(Topic::request, 80, "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\n\r\n"),
       TellVerdict::pass},
      {"Debian on NetBSD", judge_banner_system, "NetBSD 8.0",
       conversation(Topic::banner, 22, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
       TellVerdict::fail},
      {"Nmap knows it", judge_nmap_honeypots, "", conversation(Topic::banner, 22, "Kojo\r\n"),
       TellVerdict::fail},
      {"Nmap does not", judge_nmap_honeypots, "", conversation(Topic::banner, 22, "SSH-2.0-x\r\n"),
       TellVerdict::pass},
      {"an SSH version alone", judge_ssh, "",
       conversation(Topic::request, 22, "SSH-2.0-OpenSSH_9.2p1\r\n"), TellVerdict::fail},
      {"a new OpenSSH", judge_ssh, "",
       conversation(Topic::request, 22, ssh_hello("SSH-2.0-OpenSSH_9.2p1", modern, ciphers)),
       TellVerdict::pass},
      {"an old version with new algorithms", judge_ssh, "",
       conversation(Topic::request, 22, ssh_hello("SSH-2.0-OpenSSH_6.0p1", modern, ciphers)),
       TellVerdict::fail},
      {"a new version with old algorithms", judge_ssh, "",
       conversation(
           Topic::request, 22,
           ssh_hello("SSH-2.0-OpenSSH_9.2p1", "diffie-hellman-group14-sha1", "aes128-cbc")),
       TellVerdict::fail},
      {"a wrong method succeeds", judge_wrong_inputs, "",
       conversation(Topic::nonsense, 80, "HTTP/1.1 200 OK\r\n\r\n", "BREW / HTTP/1.1\r\n"),
       TellVerdict::fail},
      {"a wrong method is refused", judge_wrong_inputs, "",
       conversation(Topic::nonsense, 80, "HTTP/1.1 501 Not Implemented\r\n\r\n",
                    "BREW / HTTP/1.1\r\n"),
       TellVerdict::pass},
      {"FTP lets anybody in", judge_logins, "",
       conversation(Topic::login, 21, "220 x\r\n331 word?\r\n230 welcome\r\n"), TellVerdict::fail},
      {"FTP refuses", judge_logins, "",
       conversation(Topic::login, 21, "220 x\r\n331 word?\r\n530 no\r\n"), TellVerdict::pass},
      {"telnet gives a shell", judge_logins, "",
       conversation(Topic::login, 23, "login: Password: \r\nuid=0(root) gid=0(root)\r\n# "),
       TellVerdict::fail},
      {"telnet refuses", judge_logins, "",
       conversation(Topic::login, 23, "login: Password: \r\nLogin incorrect\r\nlogin: "),
       TellVerdict::pass},
      {"Conpot as delivered", judge_default_strings, "",
       conversation(Topic::request, 80, "HTTP/1.0 200 OK\r\n\r\n<b>Technodrome</b>"),
       TellVerdict::fail},
      {"a port that says nothing", judge_silent_ports, "", conversation(Topic::request, 21, ""),
       TellVerdict::fail},
      {"a printer that says nothing", judge_silent_ports, "",
       conversation(Topic::request, 9100, ""), TellVerdict::pass},
      {"a client speaks first here", judge_silent_ports, "", conversation(Topic::request, 3389, ""),
       TellVerdict::warn},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TellResult result = c.check(observed(std::string(c.personality), {c.said}), knowledge);
    EXPECT_EQ(result.verdict, c.verdict) << result.explanation;
  }
}

TEST(ServiceChecks, TwoPortsOfAHostNameOneSystem) {
  const TellResult result = judge_banner_system(
      observed("",
               {conversation(Topic::banner, 22, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
                conversation(Topic::request, 80, "HTTP/1.1 200\r\nServer: Microsoft-IIS/8.5\r\n")}),
      {});
  EXPECT_EQ(result.verdict, TellVerdict::fail);
}

TEST(ServiceChecks, UnknownCommandsAreRefused) {
  for (const auto& [answer, verdict] : {std::pair{"200 done\r\n"s, TellVerdict::fail},
                                        {""s, TellVerdict::warn},
                                        {"500 unknown command\r\n"s, TellVerdict::pass}}) {
    SCOPED_TRACE(answer);
    const std::string banner = "220 ready\r\n";
    EXPECT_EQ(judge_wrong_inputs(
                  observed("", {conversation(Topic::banner, 21, banner),
                                conversation(Topic::nonsense, 21, banner + answer, "FROB\r\n")}),
                  {})
                  .verdict,
              verdict);
  }
}

TEST(ServiceChecks, TwoClocksOfAHostAgree) {
  const Instant noon{seconds{1'700'049'600}};  // 12:00:00 UTC
  for (const auto& [date, verdict] :
       {std::pair{"12:00:01", TellVerdict::pass}, {"13:00:00", TellVerdict::fail}}) {
    SCOPED_TRACE(date);
    auto http = conversation(Topic::request, 80,
                             "HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 "s + date + " GMT\r\n\r\n");
    http.segments.push_back({.at = noon});
    auto time = conversation(Topic::banner, 37, std::string("\xe8\xfd\x65\x40", 4));
    const std::uint32_t since_1900 = 1'700'049'600U + 2'208'988'800U;
    for (std::size_t i = 0; i < 4; ++i)
      time.said[i] = static_cast<char>(since_1900 >> (24 - 8 * i) & 0xff);
    time.segments.push_back({.at = noon});
    EXPECT_EQ(judge_time_agreement(observed("", {http, time}), {}).verdict, verdict);
  }
}

TEST(ServiceChecks, ConstantTimesOfAnswersAreATell) {
  for (const auto& [step, verdict] : {std::pair{Duration{}, TellVerdict::warn},
                                      {Duration{microseconds{300}}, TellVerdict::pass}}) {
    std::vector<HeardConversation> talks;
    for (int i = 0; i < 5; ++i) {
      auto& one = talks.emplace_back(conversation(Topic::delays, 80, "HTTP/1.1 200 OK\r\n"));
      one.delays = {milliseconds{40} + step * i};
    }
    EXPECT_EQ(judge_reply_times(observed("", talks), {}).verdict, verdict);
  }
}

TEST(ServiceChecks, CertificatesOfTwoHostsDiffer) {
  const std::string body = "\x0b\0\0\4cert"s;  // a Certificate message of TLS 1.2
  const std::string record = "\x16\x03\x03\0\x08"s + body;
  Observations observations = observed("", {conversation(Topic::tls, 443, record)});
  EXPECT_EQ(judge_identities(observations, {}).verdict, TellVerdict::pass);
  observations.hosts.push_back({.address = IpAddress::v4(10, 0, 0, 6)});
  observations.hosts[1].conversations = observations.hosts[0].conversations;
  EXPECT_EQ(judge_identities(observations, {}).verdict, TellVerdict::fail);
}

TEST(ServiceChecks, AllTellsHaveTheirNumbersAndAreComplete) {
  ASSERT_EQ(all_tells().size(), 31U);
  std::size_t number = 1;
  for (const Tell& tell : all_tells()) {
    EXPECT_EQ(tell.id, "T" + std::to_string(number++));
    EXPECT_FALSE(tell.name.empty() || tell.source.empty());
  }
}

}  // namespace
}  // namespace apiary
