#include "prober/audit_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "audit/audit_report.h"
#include "audit/configuration_tells.h"
#include "audit/honeynet_audit.h"
#include "device/network_interface.h"
#include "prober/command_text.h"
#include "prober/live_audit.h"
#include "prober/machine_knowledge.h"
#include "prober/program_services.h"
#include "prober/raw_prober.h"
#include "setup/claim.h"
#include "setup/host_key.h"

namespace apiary {
namespace {

constexpr int audit_error = 2;

int refuse(std::string_view sentence) {
  fmt::print(stderr, "{}{}", sentence, sentence.ends_with('\n') ? "" : "\n");
  return audit_error;
}

int print_report(const AuditReport& report, const AuditOptions& options) {
  const bool is_coloured = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  fmt::print("{}", options.json ? audit_json(report) : audit_text(report, is_coloured));
  return has_failures(report) ? 1 : 0;
}

}  // namespace

tl::expected<AuditReport, std::string> audit_file(const AuditOptions& options) {
  auto examined = examine_configuration({options.configuration, options.personalities}, true);
  if (!examined) return tl::unexpected(examined.error());
  if (examined->is_broken()) return tl::unexpected(render(*examined));
  const auto nets = parse_nets(options.nets);
  if (!nets) return tl::unexpected(nets.error());
  const AddressSet& addresses = options.nets.empty() ? examined->configuration.addresses : *nets;
  if (addresses.empty())
    return tl::unexpected(options.configuration +
                          " binds and routes no address: name some after it");
  const std::string folder =
      std::filesystem::absolute(options.configuration).lexically_normal().parent_path().string();
  ProgramServices services(folder, options.runs_services);
  // Programs take real time.
  const std::uint64_t usual_hosts = options.runs_services ? 8 : 64;
  AuditPace pace;
  if (options.runs_services) pace.max_talks = 16;
  const HoneynetAudit audit{.subject = options.configuration,
                            .honeynet = examined->configuration.honeynet,
                            .addresses = addresses,
                            .host_key = make_host_key(options.key),
                            .start = Instant{std::chrono::duration_cast<Duration>(
                                std::chrono::system_clock::now().time_since_epoch())},
                            .max_hosts = options.max_hosts.value_or(usual_hosts),
                            .runs_programs = options.runs_services,
                            .services = &services};
  AuditReport report = judge_all(audit.subject, observe(audit, pace), machine_knowledge());
  add_configuration_tells(
      report, configuration_tells(examined->configuration, [&](const std::string& command) {
        return command_text(command, folder);
      }));
  return report;
}

namespace {

int audit_in_memory(const AuditOptions& options) {
  const auto report = audit_file(options);
  return report ? print_report(*report, options) : refuse(report.error());
}

int audit_live(const AuditOptions& options) {
  const auto nets = parse_nets(options.nets);
  if (!nets) return refuse(nets.error());
  if (nets->size() > max_live_addresses)
    return refuse(fmt::format("{} addresses are too many for --live: name at most {}", nets->size(),
                              max_live_addresses));
  const auto interface = find_interface(options.interface);
  if (!interface) return refuse(to_string(interface.error()));
  auto prober = RawProber::open(*interface, static_cast<double>(options.packets_per_second));
  if (!prober) return refuse(to_string(prober.error()));
  const Observations observations = observe_live(*prober, *nets,
                                                 {.max_hosts = options.max_hosts.value_or(16),
                                                  .listening = options.listening,
                                                  .clock_span = options.clock_span});
  if (observations.hosts.empty())
    return refuse(fmt::format("no host answers at {} by {}", to_string(*nets), options.interface));
  return print_report(judge_all(to_string(*nets), observations, machine_knowledge()), options);
}

}  // namespace

int run_audit(const AuditOptions& options) {
  return options.live ? audit_live(options) : audit_in_memory(options);
}

}  // namespace apiary
