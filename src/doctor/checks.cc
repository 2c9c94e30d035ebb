#include "doctor/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "device/device_spec.h"

namespace apiary {

std::string doctor_command(const RunRequest& request, const std::string& interface,
                           const std::vector<std::string>& nets) {
  std::string command = "apiary doctor";
  if (!request.file.empty()) command += " -f " + request.file;
  if (!interface.empty()) command += " -i " + interface;
  for (const std::string& net : nets) command += " " + net;
  return command;
}

/// The interface in the form of -i.
static std::string interface_word(const SystemSnapshot& s) {
  return to_string(
      DeviceSpec{s.interface.is_tun ? DeviceType::tun : DeviceType::ethernet, s.interface.name});
}

void check_invocation(const SystemSnapshot& s, Findings& findings) {
  if (s.rights.all()) {
    findings.push_back({"privileges", CheckStatus::ok,
                        "may open packet sockets, change routing and give up root"});
  } else {
    std::string lacks;
    for (const auto& [has, name] : {std::pair{s.rights.packet_sockets, "CAP_NET_RAW"},
                                    std::pair{s.rights.routing, "CAP_NET_ADMIN"},
                                    std::pair{s.rights.users, "CAP_SETUID and CAP_SETGID"}})
      if (!has) lacks += fmt::format("{}{}", lacks.empty() ? "" : ", ", name);
    if (s.rights.can_run(s.interface.is_tun))
      findings.push_back(
          {"privileges", CheckStatus::warn,
           fmt::format(
               "lacks {}: apiary run starts, but cannot keep the kernel out of conversations, "
               "and not everything can be looked at here. docker run --cap-add NET_ADMIN, "
               "setcap or AmbientCapabilities= give it",
               lacks)});
    else
      findings.push_back(
          {"privileges", CheckStatus::fail,
           fmt::format("lacks {}: start apiary run as root; some checks cannot run without it",
                       lacks),
           "sudo " + doctor_command(s.request, interface_word(s), s.request.nets)});
  }
  if (s.request.file.empty()) return;
  if (!s.request.configuration_error.empty()) {
    findings.push_back({"configuration", CheckStatus::fail, s.request.configuration_error,
                        "apiary check " + s.request.file});
    return;
  }
  if (!s.request.unreadable_for.empty())
    findings.push_back(
        {"configuration", CheckStatus::warn,
         fmt::format("{} can be loaded at start, but not reloaded: user '{}', which the daemon "
                     "becomes, may not read it",
                     s.request.file, s.request.unreadable_for),
         fmt::format("chgrp {0} {1} && chmod g+r {1}", s.request.unreadable_for, s.request.file)});
  else if (!s.request.missing_programs.empty())
    findings.push_back(
        {"configuration", CheckStatus::warn,
         fmt::format("{}{}", s.request.missing_programs.front(),
                     s.request.missing_programs.size() == 1
                         ? ""
                         : fmt::format("; and {} more", s.request.missing_programs.size() - 1)),
         "apiary check " + s.request.file});
  else
    findings.push_back({"configuration", CheckStatus::ok, s.request.file + " has no errors"});
}

void check_rivals(const SystemSnapshot& s, Findings& findings) {
  std::vector<const AnsweringProgram*> daemons, others;
  for (const AnsweringProgram& program : s.programs)
    (program.name == "apiary" ? daemons : others).push_back(&program);
  if (!others.empty()) {
    std::string names, kill = "kill";
    for (const AnsweringProgram* other : others) {
      names +=
          fmt::format("{}{} (process {})", names.empty() ? "" : ", ", other->name, other->process);
      kill += fmt::format(" {}", other->process);
    }
    findings.push_back(
        {"other programs", CheckStatus::fail,
         fmt::format(
             "{} also answers for addresses here: visitors get two answers, or the wrong one",
             names),
         kill});
  } else if (daemons.size() > 1) {
    std::string kill = "kill";
    for (std::size_t i = 1; i < daemons.size(); ++i)
      kill += fmt::format(" {}", daemons[i]->process);
    findings.push_back({"other programs", CheckStatus::warn,
                        fmt::format("{} apiary daemons run on this network: for addresses that "
                                    "they share, visitors get each answer {} times",
                                    daemons.size(), daemons.size()),
                        kill});
  } else if (daemons.size() == 1) {
    findings.push_back(
        {"other programs", CheckStatus::ok,
         fmt::format("apiary runs (process {}); no other program answers for addresses",
                     daemons.front()->process)});
  } else if (s.somebody_listens) {
    findings.push_back(
        {"other programs", CheckStatus::warn,
         fmt::format("a daemon of another network namespace uses the socket {}: apiary ctl reaches "
                     "that one; choose another socket, for run too",
                     s.control),
         doctor_command(s.request, interface_word(s), s.request.nets) +
             " --control /run/apiary-2.sock"});
  } else {
    findings.push_back(
        {"other programs", CheckStatus::ok, "no other program answers for addresses"});
  }
  if (s.answers_arp_for_others && !s.no_ingress_filter.empty())
    findings.push_back(
        {"proxy ARP", CheckStatus::warn,
         fmt::format("the kernel answers ARP on {} for addresses that it routes elsewhere, and "
                     "does not probe first whether a real machine has them",
                     s.interface.name),
         fmt::format("sysctl -w net.ipv4.conf.{}.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0",
                     s.interface.name)});

  constexpr std::uint64_t enough_files = 16'384;  // three for each of 5,000 conversations
  const std::uint64_t conversations = s.max_open_files / 3;
  if (s.max_open_files < enough_files)
    findings.push_back({"limits", CheckStatus::warn,
                        fmt::format("a process may open {} files here, enough for {} simultaneous "
                                    "conversations with services",
                                    s.max_open_files, conversations),
                        "ulimit -n 65536"});
  else
    findings.push_back(
        {"limits", CheckStatus::ok, fmt::format("a process may open {} files", s.max_open_files)});
}

Findings examine(const SystemSnapshot& snapshot) {
  Findings findings;
  check_invocation(snapshot, findings);
  check_interface(snapshot, findings);
  check_addresses(snapshot, findings);
  check_delivery(snapshot, findings);
  check_kernel(snapshot, findings);
  check_firewall(snapshot, findings);
  check_sandbox(snapshot, findings);
  check_rivals(snapshot, findings);
  return findings;
}

}  // namespace apiary
