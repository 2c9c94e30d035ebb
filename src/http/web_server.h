/// http/: the dashboard and the interfaces for programs: metrics, health, live events. It runs on
/// its own threads, with low priority and without privileges; it calls the loop like the
/// control socket, and reads events from a LiveFeed.
#pragma once

#include <memory>

#include "http/api.h"
#include "http/http_server.h"
#include "sink/live_feed.h"

namespace apiary {

/// Serves the dashboard of a daemon until it is destroyed.
class WebServer {
 public:
  /// The loop's thread calls this and the destructor. `server` already listens.
  WebServer(std::unique_ptr<HttpServer> server, event_base* loop, DaemonInterface& daemon,
            std::shared_ptr<LiveFeed> feed, HttpGuard guard)
      : link_(loop, daemon),
        feed_(std::move(feed)),
        api_(link_, feed_, std::move(guard)),
        server_(std::move(server)) {
    server_->serve(api_);
  }
  ~WebServer() {
    link_.close();
    feed_->close();
    server_->stop();
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

 private:
  DaemonClient link_;
  std::shared_ptr<LiveFeed> feed_;
  WebApi api_;
  std::unique_ptr<HttpServer> server_;  // its threads use all of the above
};

}  // namespace apiary
