// What services say: T1, T2, T12, T16, T23 to T27, T31.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "audit/checks.h"
#include "audit/service_words.h"
#include "audit/ssh_hello.h"
#include "audit/system_kind.h"

namespace apiary {
namespace {

/// Why no service was examined.
std::string_view without_services(const Observations& observations) {
  for (const HostObservation& host : observations.hosts)
    if (!host.configured.unstarted.empty())
      return "not all services are started: --run-services starts programs, the rest answers live";
  return "no service says anything";
}

/// The result; of hosts whose programs were not started, it is not that of all.
TellResult of_services(const Judgement& judgement, const Observations& observations) {
  const std::string_view why = without_services(observations);
  TellResult result = judgement.result(why);
  if (result.verdict == TellVerdict::not_applicable && why.starts_with("not all"))
    result.verdict = TellVerdict::not_run;
  return result;
}

template <class Act>
void for_each_text(const Observations& observations, Act act) {
  for (const HostObservation& host : observations.hosts)
    for (const HeardConversation& one : host.conversations)
      if (!one.said.empty()) act(host, one);
}

std::string at_port(const HeardConversation& one) {
  return fmt::format("port {}", one.port.number);
}

/// What the host said after its banner.
std::string_view answer_of(const HostObservation& host, const HeardConversation& one) {
  std::string_view said = one.said;
  for (const HeardConversation& other : host.conversations)
    if (other.topic == Topic::banner && other.port == one.port && said.starts_with(other.said))
      said.remove_prefix(other.said.size());
  return said;
}

std::string_view http_status(std::string_view response) {
  if (!response.starts_with("HTTP/") || response.size() < 12) return {};
  return response.substr(9, 3);
}

void judge_nonsense(const HostObservation& host, const HeardConversation& one,
                    Judgement& judgement) {
  const std::string_view answer = answer_of(host, one);
  const ServiceKind kind = service_kind(one.port, one.said);
  if (kind == ServiceKind::http) {
    // Of a missing version or host, servers think differently.
    const bool is_wrong = one.asked.starts_with("BREW") || one.asked.starts_with("GET /no-such") ||
                          one.asked.starts_with("get /");
    if (is_wrong && http_status(one.said) == "200")
      judgement.fail(host.address, fmt::format("{}: a wrong request gets 200 OK", at_port(one)));
  } else if (kind == ServiceKind::ssh) {
    if (one.asked.starts_with("GET") && !one.closed && !one.was_reset && answer.empty())
      judgement.fail(host.address,
                     fmt::format("{}: an SSH server takes what is not SSH", at_port(one)));
  } else if (kind == ServiceKind::ftp || kind == ServiceKind::smtp) {
    if (one.asked.starts_with("FROB") && answer.starts_with("2"))
      judgement.fail(host.address, fmt::format("{}: an unknown command succeeds", at_port(one)));
    if (one.asked.starts_with("FROB") && answer.empty() && !one.closed && !one.was_reset)
      judgement.warn(host.address,
                     fmt::format("{}: an unknown command gets no answer", at_port(one)));
  }
}

bool lets_in(const HostObservation& host, const HeardConversation& one) {
  const std::string_view answer = answer_of(host, one);
  switch (service_kind(one.port, one.said)) {
    case ServiceKind::ftp:
      return answer.find("\n230") != answer.npos || answer.starts_with("230");
    case ServiceKind::pop3: {
      const std::size_t second = answer.find("\n+OK");
      return answer.starts_with("+OK") && second != answer.npos;
    }
    case ServiceKind::imap:
      return answer.find("a1 OK") != answer.npos;
    case ServiceKind::telnet:
      return answer.find("uid=") != answer.npos || answer.ends_with("# ") || answer.ends_with("$ ");
    default:
      return false;
  }
}

/// A text by which a detector knows a product as it is delivered.
struct DefaultString {
  std::string_view text, product;
};
// Values that the products' own configurations have by default.
constexpr auto default_strings = std::to_array<DefaultString>({
    {"svr04", "Kippo and Cowrie: the default host name"},
    {"SSH-2.0-OpenSSH_5.1p1 Debian-5\r", "Kippo: the default version"},
    {"SSH-2.0-OpenSSH_6.0p1 Debian-4+deb7u2\r", "Cowrie: the default version"},
    {"Technodrome", "Conpot: the default system name"},
    {"Mouser Factory", "Conpot: the default plant"},
    {"88111222", "Conpot: the default serial number"},
    {"Welcome to the ftp service", "Dionaea: the default FTP greeting"},
    {"DiskStation FTP server ready", "Dionaea: a default FTP greeting"},
    {"HONEYD", "the name of Honeyd"},
    {"honeypot", "the word honeypot"},
    {"apiary", "the name of Apiary"},
});

/// The certificate in the answer to a ClientHello, as bytes; empty: none.
std::string certificate_in(const std::string& answer) {
  std::string handshake;
  for (std::size_t at = 0; at + 5 <= answer.size();) {
    const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(answer[at + 3]))
                                 << 8 |
                             static_cast<unsigned char>(answer[at + 4]);
    if (answer[at] != 0x16) break;
    handshake += answer.substr(at + 5, size);
    at += 5 + size;
  }
  for (std::size_t at = 0; at + 4 <= handshake.size();) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(handshake[at + i]));
    };
    const std::size_t size = byte(1) << 16 | byte(2) << 8 | byte(3);
    if (handshake[at] == 11) return handshake.substr(at, size + 4);
    at += 4 + size;
  }
  return {};
}

std::string entity_tag(const std::string& response) {
  const std::size_t begin = response.find("\nETag: ");
  if (begin == response.npos) return {};
  return response.substr(begin + 7, response.find('\r', begin) - begin - 7);
}

}  // namespace

TellResult judge_banner_system(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const SystemKind stack = system_of(host);
    SystemKind before = SystemKind::unknown;
    for (const HeardConversation& one : host.conversations) {
      const SystemKind said = system_in_text(one.said);
      if (said == SystemKind::unknown) continue;
      judgement.examine();
      if (!can_be_same(said, stack))
        judgement.fail(host.address, fmt::format("{} says {}, the stack is {}", at_port(one),
                                                 name_of(said), name_of(stack)));
      else if (!can_be_same(said, before))
        judgement.fail(host.address, fmt::format("{} says {}, another port {}", at_port(one),
                                                 name_of(said), name_of(before)));
      before = said;
    }
  }
  return of_services(judgement, observations);
}

TellResult judge_nmap_honeypots(const Observations& observations, const AuditKnowledge& knowledge) {
  if (!knowledge.honeypot_of)
    return not_run("Nmap's nmap-service-probes is missing: apt install nmap-common");
  Judgement judgement;
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    if (one.topic == Topic::tls) return;
    judgement.examine();
    if (const std::string name = knowledge.honeypot_of(one.said); !name.empty())
      judgement.fail(host.address,
                     fmt::format("{}: Nmap takes the answer for {}", at_port(one), name));
  });
  return of_services(judgement, observations);
}

TellResult judge_tarpits(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts)
    for (const Exchange& exchange : host.of(Series::ports)) {
      const HeardTcp* const answer = exchange.tcp();
      if (answer == nullptr || !answer->accepts()) continue;
      judgement.examine();
      if (!answer->kinds.empty() || answer->window > 20) continue;
      const std::string reason =
          fmt::format("port {}: a SYN/ACK without options and with a window of {}, like a tarpit's",
                      exchange.port.number, answer->window);
      if (host.configured.may_tarpit)
        judgement.warn(host.address, reason + ", which the configuration asks for");
      else
        judgement.fail(host.address, reason);
    }
  return judgement.result("no host has an open port");
}

TellResult judge_identities(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  std::map<std::string, std::set<IpAddress>> certificates, tags, targets;
  for (const HostObservation& host : observations.hosts)
    for (const std::string& target : host.configured.proxy_targets) {
      judgement.examine();
      targets[target].insert(host.address);
    }
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    const std::string certificate =
        one.topic == Topic::tls ? certificate_in(one.said) : std::string{};
    const std::string tag = entity_tag(one.said);
    if (!certificate.empty()) certificates[certificate].insert(host.address);
    if (!tag.empty()) tags[tag].insert(host.address);
    if (!certificate.empty() || !tag.empty()) judgement.examine();
  });
  for (const auto& [identity, hosts] : certificates)
    if (hosts.size() > 1)
      for (const IpAddress& host : hosts)
        judgement.fail(host, fmt::format("{} hosts have one TLS certificate", hosts.size()));
  for (const auto& [target, hosts] : targets)
    if (hosts.size() > 1)
      for (const IpAddress& host : hosts)
        judgement.warn(
            host, fmt::format("{} hosts lead to {}, and so share its keys", hosts.size(), target));
  for (const auto& [tag, hosts] : tags)
    if (hosts.size() > 1)
      for (const IpAddress& host : hosts)
        judgement.warn(host, fmt::format("{} hosts have one HTTP entity tag", hosts.size()));
  return of_services(judgement, observations);
}

TellResult judge_ssh(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    if (one.topic != Topic::request || !one.said.starts_with("SSH-")) return;
    judgement.examine();
    if (const std::string problem = problem_of_ssh_hello(one.said); !problem.empty())
      judgement.fail(host.address, fmt::format("{}: {}", at_port(one), problem));
  });
  return of_services(judgement, observations);
}

TellResult judge_wrong_inputs(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts)
    for (const HeardConversation& one : host.conversations)
      if (one.topic == Topic::nonsense && one.opened) {
        judgement.examine();
        judge_nonsense(host, one, judgement);
      }
  return of_services(judgement, observations);
}

TellResult judge_silent_ports(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts)
    for (const HeardConversation& one : host.conversations) {
      if (one.topic != Topic::request || !one.opened) continue;
      judgement.examine();
      const bool takes_anything = one.port == Port{9100} || one.port == Port{515} ||
                                  one.port == Port{9};  // printers, discard
      if (!one.said.empty() || one.closed || one.was_reset || takes_anything) continue;
      const std::string reason =
          fmt::format("{} accepts, and neither speaks nor closes", at_port(one));
      if (speaks_to_anyone(one.port))
        judgement.fail(host.address, reason);
      else
        judgement.warn(host.address, reason);
    }
  return of_services(judgement, observations);
}

TellResult judge_logins(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    if (one.topic != Topic::login) return;
    judgement.examine();
    if (lets_in(host, one))
      judgement.fail(host.address,
                     fmt::format("{} accepts a name and a password that nobody has", at_port(one)));
  });
  return of_services(judgement, observations);
}

TellResult judge_reply_times(const Observations& observations, const AuditKnowledge&) {
  if (observations.is_simulated) return not_run("the clock is simulated: use --live");
  Judgement judgement;
  std::map<std::pair<IpAddress, Port>, std::vector<double>> times;
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    if (one.topic == Topic::delays && !one.delays.empty())
      times[{host.address, one.port}].push_back(in_seconds(one.delays.front()));
  });
  for (auto& [service, delays] : times) {
    if (delays.size() < 4) continue;
    judgement.examine();
    const auto [least, most] = std::ranges::minmax(delays);
    if (most - least < 50e-6 && least > 5e-3)
      judgement.warn(service.first, fmt::format("port {} answers after exactly {:.1f} ms",
                                                service.second.number, least * 1e3));
    if (least > 2)
      judgement.warn(service.first,
                     fmt::format("port {} needs {:.1f} s for each answer, as a language model does",
                                 service.second.number, least));
  }
  return judgement.result("no service answers");
}

TellResult judge_default_strings(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for_each_text(observations, [&](const HostObservation& host, const HeardConversation& one) {
    judgement.examine();
    for (const DefaultString& known : default_strings)
      if (one.said.find(known.text) != one.said.npos)
        judgement.fail(host.address,
                       fmt::format("{} says '{}' ({})", at_port(one),
                                   known.text.substr(0, known.text.find('\r')), known.product));
  });
  return of_services(judgement, observations);
}

}  // namespace apiary
