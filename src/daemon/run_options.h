#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/event_sinks.h"
#include "lan/arp_mode.h"
#include "service/spawner.h"
#include "setup/load.h"

namespace apiary {

/// The options of `apiary run`.
struct RunOptions {
  std::string configuration;
  std::vector<std::string> interfaces;  // as parse_device_spec() reads them; empty: the one with
                                        // the default route
  std::string io = "packet";            // the prefix of interfaces without one: see with_io()
  std::vector<std::string> nets;        // to claim; empty: what the configuration binds and routes
  ArpMode arp = ArpMode::ask_first;
  std::size_t threads = 1;  // that handle packets, each for its share of the hosts
  std::string personalities = default_personalities_file;
  std::string signatures = default_signatures_file;
  std::string key;            // for make_host_key()
  std::string service_user;   // all services run as this user; empty: see service_users
  UserRange service_users{};  // one for each service that runs
  std::vector<std::uint32_t> allowed_users{};  // `set ... uid` may name these
  ContainMode contain = ContainMode::required;
  std::string spawner;  // the socket of one that runs as another service; empty: it forks one
  std::string daemon_user = "daemon";
  bool exit_if_gone = false;       // exit when an interface is removed
  bool allows_spoofing = false;    // hosts may answer from and to other addresses
  bool allows_asymmetric = false;  // visitors may come by another interface than the route to them
  std::string control;             // the socket for apiary ctl; empty: the usual one; "off": none
  EventOptions events;
  std::string web;             // where to serve the dashboard, for parse_web_address(); empty: off
  std::string web_token_file;  // its first line is the token; empty: the usual one, where needed
  std::string web_group;       // may open a Unix socket of `web`; empty: the daemon's
  std::string version;         // of the program
};

/// The files and permissions of the configuration.
inline ConfigurationSources sources_of(const RunOptions& options) {
  return {options.configuration,
          options.personalities,
          {.spoofing = options.allows_spoofing, .ids = options.allowed_users},
          options.signatures};
}

}  // namespace apiary
