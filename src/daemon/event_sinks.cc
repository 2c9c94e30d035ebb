#include "daemon/event_sinks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <map>

#include "posix/folder.h"

namespace apiary {
namespace {

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace

bool has_sink_of(const EventOptions& options, SinkKind::Target target) {
  return std::ranges::any_of(
      options.sinks, [target](const SinkSpec& spec) { return spec.kind->target == target; });
}

EcsEncoder make_ecs_encoder(const std::string& version) {
  return EcsEncoder({version, host_name()});
}

tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now) {
  const SinkSettings settings{make_ecs_encoder(version), host_name(), options.rotation,
                              options.retention, now};
  EventSinks opened;
  std::map<std::string, const SinkSpec*> named;  // metrics and status distinguish sinks by name
  for (const SinkSpec& spec : options.sinks) {
    OpenedSink sink = spec.kind->open(spec, settings);
    if (!sink) return tl::unexpected(sink.error());
    const auto [other, is_new] = named.emplace((*sink)->name(), &spec);
    if (!is_new)
      return tl::unexpected(fmt::format("{} and {} are the same sink: use it once",
                                        to_string(*other->second), to_string(spec)));
    opened.sinks.push_back(std::move(*sink));
    const std::string folder = folder_of(spec.where);
    if (spec.kind->target == SinkKind::Target::rotated_file && access(folder.c_str(), W_OK) != 0)
      opened.remarks.push_back(
          fmt::format("cannot rotate {}, or create it again if it is removed: the daemon's user "
                      "has no write permission on {}",
                      spec.where, folder));
  }
  return opened;
}

}  // namespace apiary
