#pragma once

// What hostile programs try, and what they get. tests/system/containment_test.py does it from
// outside.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "service/testing/service_fixture.h"

namespace apiary {

/// Prints what an attempt comes to: "ok ...", or the name of the errno.
inline constexpr std::string_view attempt = R"(#!/usr/bin/python3
import ctypes, errno, mmap, os, resource, signal, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    result = getattr(libc, name)(*arguments)
    if result < 0: raise OSError(ctypes.get_errno(), name)
    return result
def say(text): sys.stdout.write(f"{text}\n"); sys.stdout.flush()
def run():
    %s
try: run()
except OSError as e: say(errno.errorcode[e.errno])
except MemoryError: say("MemoryError")
)";

class ContainmentTest : public ServiceTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "the users of sandboxes are root's to give";
  }
  /// The output of a program that attempts `code`, until it has ended.
  std::string output_of(std::string code, const ServicePrivileges& privileges = {}) {
    const SessionId session = start(std::move(code), privileges);
    run_until([&] { return received[session.value].ended + received[session.value].failed > 0; });
    close(session);
    run_until_no_process();
    return received[session.value].output;
  }
  SessionId start(std::string code, const ServicePrivileges& privileges = {}) {
    return open(Script{write_attempt(std::move(code))}, IpProtocol::tcp, plenty, privileges);
  }
  /// The same as a subsystem, whose output is its log.
  std::string output_of_subsystem(std::string code, const ServicePrivileges& privileges = {}) {
    notes = {};
    start_subsystem(std::move(code), privileges);
    run_until([&] { return notes.exits.size() == 1; });
    std::string output;
    for (const std::string& text : notes.texts)
      if (!text.starts_with("tried ") && !text.starts_with("killed")) output += text + "\n";
    end_subsystems();
    return output;
  }
  void start_subsystem(std::string code, const ServicePrivileges& privileges = {}) {
    const Subsystem subsystem{.owner = "router",
                              .command = write_attempt(std::move(code)),
                              .host_name = "core.example.org",
                              .privileges = privileges};
    runner->run({{std::make_shared<const ServiceSpec>(subsystem), IpAddress::v4(10, 0, 0, 5)}});
  }
  void end_subsystems() {
    runner->run({});
    run_until_no_process();
  }
  /// The command of a program that attempts `code`.
  std::string write_attempt(std::string code) {
    for (std::size_t at = 0; (at = code.find('\n', at)) != code.npos; at += 5)
      code.replace(at, 1, "\n    ");
    std::string text(attempt);
    text.replace(text.find("%s"), 2, code);
    const std::string name = "attempt" + std::to_string(++count_);
    write_script(name, text);
    return "./" + name;
  }

  static constexpr ServicePrivileges as_template_user{.user = 4321};

 private:
  int count_ = 0;
};

}  // namespace apiary
