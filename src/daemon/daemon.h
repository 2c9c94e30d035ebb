/// runtime/: everything around an engine that runs: files read, interfaces opened, the loop, the
/// services and the log. And an engine that replays a capture, with nothing around it.
#pragma once

#include <string>
#include <vector>

#include "daemon/event_sinks.h"
#include "lan/arp_mode.h"
#include "service/spawner.h"
#include "setup/load.h"

namespace apiary {

/// What `apiary run` is told.
struct RunOptions {
  std::string configuration;
  std::vector<std::string> interfaces;  // "eth0", "tun:NAME"; empty: the one that leads outside
  std::vector<std::string> nets;        // to claim; empty: what the configuration binds and routes
  ArpMode arp = ArpMode::ask_first;
  std::string personalities = default_personalities_file;
  std::string signatures = default_signatures_file;
  std::string key;            // for make_host_key()
  std::string service_user;   // all services run as this user; empty: see service_users
  UserRange service_users{};  // one for each service that runs
  std::vector<std::uint32_t> allowed_users{};  // `set ... uid` may name these
  ContainMode contain = ContainMode::required;
  std::string spawner;  // the socket of one that runs as another service; empty: it forks one
  std::string daemon_user = "daemon";
  bool exit_if_gone = false;       // ends when an interface is gone
  bool allows_spoofing = false;    // hosts may answer from and to other addresses
  bool allows_asymmetric = false;  // visitors may come in by another interface than leads to them
  std::string control;             // a socket for apiary ctl; empty: the usual; "off": none
  EventOptions events;
  std::string web;             // where the page is served, as parse_web_address() takes it
  std::string web_token_file;  // whose first line is the token; empty: there is none
  std::string version;         // of the program
};

/// Runs the daemon until SIGINT or SIGTERM. Returns the exit status: 0, or 1 when it could not
/// start, or an interface is gone and it is to end then; it has said why on stderr.
int run_daemon(const RunOptions& options);

}  // namespace apiary
