#include "daemon/event_sinks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <climits>

#include "event/ecs_encoder.h"
#include "posix/folder.h"
#include "sink/honeyd_logs.h"
#include "sink/json_lines_sink.h"
#include "sink/syslog_sink.h"

namespace apiary {
namespace {

using Done = tl::expected<void, std::string>;

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace

EcsEncoder make_json_form(const std::string& version) { return EcsEncoder({version, host_name()}); }

tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now) {
  EventSinks opened;
  const EcsEncoder form = make_json_form(version);
  const auto open_file = [&](const std::string& path, auto make_sink) -> Done {
    if (path.empty()) return {};
    auto file = RotatingFile::open(path, options.rotation, now);
    if (!file) return tl::unexpected(to_string(file.error()));
    opened.sinks.push_back(make_sink(std::move(*file)));
    if (access(folder_of(path).c_str(), W_OK) != 0)
      opened.remarks.push_back(
          fmt::format("cannot rotate {}, or create it again if it is removed: the daemon's user "
                      "has no write permission on {}",
                      path, folder_of(path)));
    return {};
  };
  const auto json_lines = [&](RotatingFile file) {
    return std::make_unique<JsonLinesSink>(std::move(file), form);
  };
  const auto packet_log = [](RotatingFile file) {
    return std::make_unique<HoneydPacketLog>(std::move(file));
  };
  const auto service_log = [](RotatingFile file) {
    return std::make_unique<HoneydServiceLog>(std::move(file));
  };
  if (auto done = open_file(options.json_lines, json_lines); !done)
    return tl::unexpected(done.error());
  if (auto done = open_file(options.packet_log, packet_log); !done)
    return tl::unexpected(done.error());
  if (auto done = open_file(options.service_log, service_log); !done)
    return tl::unexpected(done.error());
  if (!options.syslog.empty()) {
    const auto target = parse_syslog_target(options.syslog);
    if (!target) return tl::unexpected(target.error());
    opened.sinks.push_back(std::make_unique<SyslogSink>(*target, form, host_name()));
  }
  if (!options.store.empty()) {
    auto store = StoreSink::open(options.store, options.retention, form);
    if (!store) return tl::unexpected(to_string(store.error()));
    opened.sinks.push_back(std::move(*store));
  }
  return opened;
}

}  // namespace apiary
