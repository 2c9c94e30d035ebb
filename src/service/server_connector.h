#pragma once

#include <cstdint>
#include <string>

#include "service/server_process.h"

namespace apiary {

/// Waits for the server, then for a socket, then for its connection. For a connection that
/// the server began, it waits only for the last two.
class ServerProcess::ServerConnector final : public Connector {
 public:
  /// `request_number`: the number of the server's OutboundRequest; 0: the connection is a
  /// visitor's.
  ServerConnector(ServerProcess& server, const FlowKey& flow, std::uint64_t request_number = 0);
  ~ServerConnector() override;
  ServerConnector(const ServerConnector&) = delete;
  ServerConnector& operator=(const ServerConnector&) = delete;
  void start(DialListener& listener) override;

  bool is_udp() const { return flow_.protocol == IpProtocol::udp; }
  const FlowKey& flow() const { return flow_; }
  ServerPort port() const { return {flow_.protocol, flow_.local.port}; }
  /// A shared server has many addresses, and may answer from any of them.
  bool is_connected() const { return !is_udp() || is_outbound() || !server_.subsystem().is_shared; }
  bool is_outbound() const { return request_number_ != 0; }
  bool is_of_this_process() const { return process_ == server_.process_; }
  VisitorSocketRequest socket_request() const {
    return {flow_.protocol, flow_.remote, flow_.local, is_connected(), request_number_};
  }

  void on_socket(FileDescriptor socket);
  void fail(const std::string& why, bool is_unanswered = false) {
    end("not connected: " + why, is_unanswered);
  }
  /// The same for one that may be connected.
  void end(const std::string& why, bool is_unanswered = false);

 private:
  void forget();
  void on_writable(short what);
  void on_deadline(short what);
  void succeed();

  ServerProcess& server_;
  FlowKey flow_;
  std::uint64_t request_number_;  // of the server that it fulfills; 0: a visitor's
  ProcessNumber process_;         // that made the request
  DialListener* listener_ = nullptr;
  FileDescriptor socket_;
  LoopEvent writable_, deadline_;
};

}  // namespace apiary
