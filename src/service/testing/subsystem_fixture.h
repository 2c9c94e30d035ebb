#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "service/testing/service_fixture.h"

namespace apiary {

/// Tells each visitor who it is, then repeats what it hears.
inline constexpr std::string_view echo_server = R"(#!/usr/bin/python3
import os, socket, sys, threading
listener = socket.create_server(('', 23))
def serve(connection, visitor):
    connection.sendall(f'{visitor[0]}:{visitor[1]} at {connection.getsockname()[0]} {os.getpid()}\n'
                       .encode())
    while data := connection.recv(4096): connection.sendall(data)
    connection.close()
with open('/dev/stdout', 'w') as log: log.write('ready\n')
print('warned', file=sys.stderr, flush=True)
while True: threading.Thread(target=serve, args=listener.accept()).start()
)";

inline const IpAddress first_host = IpAddress::v4(10, 0, 0, 5),
                       second_host = IpAddress::v4(10, 0, 0, 6);

class SubsystemTest : public ServiceTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "the users of sandboxes are root's to give";
  }

  /// Runs a server of this text, or a command.
  std::shared_ptr<const ServiceSpec> run_server(std::string_view text, Subsystem subsystem = {},
                                                std::optional<IpAddress> host = first_host) {
    write_script("server", std::string(text));
    subsystem.owner = "farm";
    if (subsystem.command.empty()) subsystem.command = "./server";
    auto spec = std::make_shared<const ServiceSpec>(std::move(subsystem));
    runner->run({{spec, host}});
    return spec;
  }
  void run_until_open(const ServiceSpec& spec, Port port, IpProtocol protocol = IpProtocol::tcp) {
    run_until([&] { return ports().has(spec, protocol, port); });
  }
  void run_until_closed(const ServiceSpec& spec, Port port) {
    run_until([&] { return !ports().has(spec, IpProtocol::tcp, port); });
  }
  const ListeningPorts& ports() {
    if (auto changed = runner->take_ports()) ports_ = std::move(changed);
    return *ports_;
  }
  SessionId visit(const std::shared_ptr<const ServiceSpec>& spec, const IpAddress& host,
                  Port visitor_port = Port{4000}, Port port = Port{23},
                  IpProtocol protocol = IpProtocol::tcp) {
    const SessionId session{++last_session};
    execute(
        OpenSession{.session = session,
                    .flow = {{IpAddress::v4(192, 0, 2, 1), visitor_port}, {host, port}, protocol},
                    .service = spec,
                    .personality = "",
                    .template_name = "farm",
                    .output_allowance_bytes = plenty});
    return session;
  }
  std::string& output_of(SessionId session) { return received[session.value].output; }
  void run_until_heard(SessionId session, std::string_view text) {
    run_until([&] { return output_of(session).find(text) != std::string::npos; });
  }
  /// The process that served a visitor.
  std::string process_of(SessionId session) {
    run_until_heard(session, "\n");
    const std::string& said = output_of(session);
    return said.substr(said.rfind(' ') + 1);
  }

 private:
  std::shared_ptr<const ListeningPorts> ports_ = std::make_shared<const ListeningPorts>();
};

}  // namespace apiary
