#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device/route_monitor.h"
#include "engine/engine.h"
#include "host/reverse_paths.h"
#include "loop/background_worker.h"

struct event;
struct event_base;

namespace spdlog {
class logger;
}

namespace apiary {

/// Has the engine of a running daemon follow the machine's addresses and routes: which sources
/// visitors may have (ReversePaths). Tables are read in the background, as they may be large, and
/// not again before ten times as long has passed as that took.
class RouteFollower {
 public:
  /// Reads the routes a first time. `engine` and `log` outlive this object. Errors: the kernel does
  /// not say what its routes are.
  static tl::expected<std::unique_ptr<RouteFollower>, SystemError> begin(event_base* events,
                                                                         Engine& engine,
                                                                         spdlog::logger& log,
                                                                         bool allow_asymmetric);
  ~RouteFollower();

  /// Ends what is read in the background, as BackgroundWorker::stop().
  bool stop(Duration patience) { return worker_.stop(patience); }
  RouteFollower(const RouteFollower&) = delete;
  RouteFollower& operator=(const RouteFollower&) = delete;

 private:
  struct Free {
    void operator()(event* event) const;
  };
  struct Reading;
  RouteFollower(RouteMonitor monitor, event_base* events, Engine& engine, spdlog::logger& log,
                bool allow_asymmetric);

  static tl::expected<Reading, SystemError> read(const std::vector<InterfaceSettings>& interfaces,
                                                 bool allow_asymmetric);
  void on_change();
  void read_again();
  void take(Reading reading);

  RouteMonitor monitor_;
  Engine& engine_;
  spdlog::logger& log_;
  const bool allow_asymmetric_;
  bool is_reading_ = false, is_stale_ = false;
  std::vector<std::string> remarks_;  // as they were logged last
  std::unique_ptr<event, Free> changed_, rested_;
  BackgroundWorker worker_;  // the last: its jobs use all of the above
};

}  // namespace apiary
