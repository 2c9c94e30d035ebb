#pragma once

#include <event2/util.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "control/control_protocol.h"
#include "control/control_socket.h"

struct bufferevent;
struct event_base;
struct evconnlistener;
struct sockaddr;

namespace apiary {

/// Reads requests from a ControlSocket and writes responses, on the daemon's event loop. It never
/// waits for a client: it drops clients that send nothing, send too much or do not read, and
/// refuses more than max_clients at the same time.
class ControlServer {
 public:
  static constexpr std::size_t max_clients = 16;
  /// The timeout of a client's request, and between two reads of its response.
  static constexpr int client_seconds = 10;

  using Reply = std::function<void(ControlResponse)>;
  /// Handles a request, and calls `reply` once, immediately or later, on the loop's thread, while
  /// the server exists. The client may have disconnected by then.
  using Handler = std::function<void(const ControlRequest& request, Reply reply)>;

  /// `events` must outlive the server.
  ControlServer(event_base* events, ControlSocket socket, Handler handler);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  const std::string& path() const { return socket_.path(); }

 private:
  using ClientId = std::uint64_t;
  struct Client;
  struct Free {
    void operator()(evconnlistener* listener) const;
    void operator()(bufferevent* stream) const;
  };

  static void on_connection(evconnlistener*, evutil_socket_t socket, sockaddr*, int, void* server);
  void accept(evutil_socket_t socket);
  void on_readable(ClientId id);
  void answer(ClientId id, ControlResponse answer);
  void remove(ClientId id);

  event_base* events_;
  ControlSocket socket_;
  Handler handler_;
  std::unique_ptr<evconnlistener, Free> listener_;
  std::map<ClientId, std::unique_ptr<Client>> clients_;
  ClientId next_id_ = 0;
};

}  // namespace apiary
