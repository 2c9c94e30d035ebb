#pragma once

#include <event2/event.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/hexadecimal.h"
#include "service/service_runner.h"

namespace apiary {

/// What a test has received from one session.
struct Received {
  std::string output;
  std::vector<std::string> datagrams;  // the output, message by message
  std::size_t consumed = 0;
  int ended = 0, failed = 0;
};

/// A log that a test can read.
class RememberedNotes final : public ServiceLog {
 public:
  void on_note(const ServiceNote& note) override {
    if (note.exit) {
      exits.push_back(*note.exit);
      uses.push_back(std::exchange(exits.back().used, {}));
    }
    if (note.exit && note.exit->is_orderly()) return;  // few tests need those
    if (note.attempt)
      attempts.push_back(fmt::format("{} {}", note.attempt->call,
                                     note.attempt->target ? to_string(*note.attempt->target)
                                                          : std::string(note.attempt->path)));
    if (note.file)
      files.push_back(fmt::format("{} {} {}", note.file->path, note.file->bytes,
                                  note.file->hash ? hexadecimal(*note.file->hash) : "-"));
    texts.emplace_back(note.text);
    services.emplace_back(note.service);
  }
  bool contain(std::string_view part) const;
  std::vector<std::string> texts, services;
  std::vector<std::string> attempts;            // "connect 192.0.2.1:80"
  std::vector<std::string> files;               // "/tmp/x 3 ba7816bf..."
  std::vector<ServiceExit> exits;               // of all processes, without what they used
  std::vector<std::optional<ServiceUse>> uses;  // in the same order
};

/// A runner with a loop of its own; the test plays the engine.
class ServiceTest : public ::testing::Test {
 protected:
  static constexpr std::size_t plenty = 1 << 20;

  ServiceTest();
  ~ServiceTest() override;

  /// Opens a session from 192.0.2.1:4000 to 10.0.0.5:23.
  SessionId open(ServiceSpec service, IpProtocol protocol = IpProtocol::tcp,
                 std::size_t allowance_bytes = plenty, const ServicePrivileges& privileges = {});
  SessionId open_script(std::string command, std::size_t allowance_bytes = plenty) {
    return open(Script{std::move(command)}, IpProtocol::tcp, allowance_bytes);
  }
  void deliver(SessionId session, std::string_view text);
  void end_input(SessionId session) { execute(EndInput{session}); }
  void grant(SessionId session, std::size_t bytes) { execute(GrantOutput{session, bytes}); }
  void close(SessionId session) { execute(CloseSession{session}); }
  void execute(ServiceCommand command) { runner->execute({&command, 1}); }

  /// Runs the loop until `done`; fails the test after `limit`.
  void run_until(const std::function<bool()>& done, Duration limit = seconds{20});
  /// Runs the loop for `time`.
  void run_for(Duration time);
  void run_until_ended(SessionId session) {
    run_until([&] { return received[session.value].ended + received[session.value].failed > 0; });
  }
  void run_until_no_process() {
    run_until([&] { return runner->process_count() == 0; });
  }

  /// Writes an executable file; returns its path.
  std::string write_script(const std::string& name, const std::string& text);

  /// A new runner, with these limits.
  void restart(const ServiceLimits& limits, ContainMode contain = ContainMode::required);

  std::string directory;  // the configuration's; a new one, until a test says otherwise
  RememberedNotes notes;
  event_base* events = nullptr;
  std::unique_ptr<ServiceRunner> runner;
  pid_t spawner_process = 0;
  std::map<std::uint64_t, Received> received;
  std::uint64_t last_session = 0;
  bool grants_back = false;  // renews the allowance as output arrives

 private:
  void turn(int loop_flags);

  std::string own_directory_;
};

}  // namespace apiary
