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
namespace {

/// Prints what an attempt comes to: "ok ...", or the name of the errno.
constexpr std::string_view attempt = R"(#!/usr/bin/python3
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

class Containment : public ServiceTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "the users of sandboxes are root's to give";
  }
  /// The output of a program that attempts `code`, until it has ended.
  std::string output_of(std::string code, const ServicePrivileges& privileges = {}) {
    const SessionId session = start(std::move(code), privileges);
    run_until([&] { return heard[session.value].ended + heard[session.value].failed > 0; });
    close(session);
    run_until_no_process();
    return heard[session.value].output;
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

struct Attempt {
  const char *name, *code, *output;
  const char* of_subsystem = nullptr;  // if it comes to something else there
};

constexpr Attempt attempts[] = {
    {"trace a process", "say(call('ptrace', 16, os.getppid(), 0, 0))", "EPERM\n"},
    {"trace process 1", "say(call('ptrace', 16, 1, 0, 0))", "EPERM\n"},
    {"take a descriptor of a process", "say(call('syscall', 438, 3, 0, 0))", "EPERM\n"},
    {"read a process", "say(call('process_vm_readv', 1, None, 0, None, 0, 0))", "EPERM\n"},
    {"a user namespace", "say(call('unshare', 0x10000000))", "EPERM\n"},
    {"a namespace by clone", "say(call('syscall', 56, 0x10000011, 0, 0, 0, 0))", "EPERM\n"},
    {"mount", "say(call('mount', b'x', b'/tmp', b'tmpfs', 0, None))", "EPERM\n"},
    {"chroot", "os.chroot('/tmp')", "EPERM\n"},
    {"keys", "say(call('syscall', 250, 0, -3, 0))", "EPERM\n"},
    {"bpf", "say(call('syscall', 321, 0, None, 0))", "EPERM\n"},
    {"io_uring", "say(call('syscall', 425, 1, None))", "EPERM\n"},
    {"userfaultfd", "say(call('syscall', 323, 0))", "EPERM\n"},
    {"performance counters", "say(call('syscall', 298, None, 0, 0, 0, 0))", "EPERM\n"},
    {"a raw socket", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", "EPERM\n"},
    {"a packet socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "EAFNOSUPPORT\n"},
    {"a vsock", "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)", "EAFNOSUPPORT\n"},
    {"connect outwards", "socket.create_connection(('192.0.2.1', 80), 2)", "ENETUNREACH\n",
     "ECONNREFUSED\n"},
    {"send outwards", "socket.socket(type=2).sendto(b'x', ('192.0.2.1', 53))", "ENETUNREACH\n", ""},
    {"kill all", "os.kill(-1, signal.SIGKILL); say('killed itself alone')", "ESRCH\n"},
    {"kill process 1", "os.kill(1, signal.SIGKILL)", "EPERM\n"},
    {"its capabilities",
     "for line in open('/proc/self/status'):\n"
     "    if line[:7] in ('CapInh:', 'CapPrm:', 'CapEff:', 'CapBnd:', 'CapAmb:'):\n"
     "        assert int(line[7:], 16) == 0, line\n"
     "    if line[:7] in ('NoNewPr', 'Seccomp', 'Groups:'): say(' '.join(line.split()))",
     "Groups:\nNoNewPrivs: 1\nSeccomp: 2\nSeccomp_filters: 2\n"},
    {"processes it sees",
     "say([int(n) for n in os.listdir('/proc') if n.isdigit()] == [os.getpid()])", "True\n"},
    {"its host's name", "say(os.uname().nodename)", "core.example.org\n"},
    {"users of the machine", "say([line.split(':')[0] for line in open('/etc/passwd')])",
     "['root', 'nobody']\n", nullptr},
    {"people of the machine",
     "say([line for line in open('/etc/passwd') if 1000 <= int(line.split(':')[2]) < 65534])",
     "[]\n"},
    {"passwords", "open('/etc/shadow')", "ENOENT\n"},
    {"homes", "os.listdir('/home')", "ENOENT\n"},
    {"logs and states", "say(os.listdir('/var'))", "['tmp']\n", nullptr},
    {"what is in logs and states",
     "say([files for top in ('/var', '/run') for _, _, files in os.walk(top) if files])", "[]\n"},
    {"write to its folder", "open('mine', 'w')", "EROFS\n"},
    {"write to /usr", "open('/usr/mine', 'w')", "EROFS\n"},
    {"write to the root", "open('/mine', 'w')", "EROFS\n"},
    {"write to /etc", "open('/etc/passwd', 'a')", "EACCES\n"},
    {"change the view", "os.symlink('/etc', '/dev/mine')", "EROFS\n"},
    {"a device", "os.mknod('/tmp/sda', 0o60666, os.makedev(8, 0))", "EPERM\n"},
    {"fill /tmp",
     "total = 0\nfor number in range(64):\n    with open(f'/tmp/{number}', 'wb') as f:\n"
     "        try:\n            for _ in range(16): total += f.write(bytes(1 << 20)); f.flush()\n"
     "        except OSError as e: pass\nsay(total <= 17 << 20)",
     "True\n"},
    {"fill /dev/shm",
     "with open('/dev/shm/x', 'wb', 0) as f: f.write(bytes(40 << 20)); f.write(b'x')", "EFBIG\n",
     "ENOSPC\n"},
    {"files without end", "for number in range(5000): open(f'/tmp/{number}', 'w').close()",
     "ENOSPC\n"},
    {"8 GB of shared memory", "mmap.mmap(-1, 8 << 30)", "ENOMEM\n"},
    {"8 GB in a memfd", "os.truncate(os.memfd_create('x'), 8 << 30)", "ENOSYS\n"},
    {"8 GB in a System V segment", "say(call('shmget', 7, 8 << 30, 0o1600))", "ENOSYS\n"},
    {"8 GB of private memory", "bytes(8 << 30)", "MemoryError\n"},
    {"files it opens", "for _ in range(1100): os.dup(0)", "EMFILE\n"},
    {"a core dump", "say(resource.getrlimit(resource.RLIMIT_CORE))", "(0, 0)\n"},
    {"real-time priority", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))", "EPERM\n"},
    {"a better niceness", "os.nice(-5)", "EPERM\n"},
    {"its turn when memory runs out", "say(int(open('/proc/self/oom_score_adj').read()))", "900\n"},
    {"to be spared when memory runs out", "open('/proc/self/oom_score_adj', 'w')", "EROFS\n"},
};

TEST_F(Containment, WhatAProgramAttemptsFails) {
  for (const bool is_template_user : {false, true})
    for (const Attempt& attempt_ : attempts) {
      SCOPED_TRACE(std::string(attempt_.name) + (is_template_user ? ", by set T uid" : ""));
      EXPECT_EQ(output_of(attempt_.code, is_template_user ? as_template_user : ServicePrivileges{}),
                attempt_.output);
    }
}

TEST_F(Containment, WhatASubsystemAttemptsFails) {
  for (const bool is_template_user : {false, true})
    for (const Attempt& attempt_ : attempts) {
      // Those have what servers expect.
      if (std::string_view(attempt_.name) == "users of the machine" ||
          std::string_view(attempt_.name) == "logs and states")
        continue;
      SCOPED_TRACE(std::string(attempt_.name) + (is_template_user ? ", by set T uid" : ""));
      EXPECT_EQ(output_of_subsystem(attempt_.code,
                                    is_template_user ? as_template_user : ServicePrivileges{}),
                attempt_.of_subsystem != nullptr ? attempt_.of_subsystem : attempt_.output);
    }
}

TEST_F(Containment, LimitsEndASubsystem) {
  struct Case {
    const char* name;
    ServicePrivileges privileges;
    const char* code;
    ServiceLimit limit;
  };
  for (const Case& c : {
           Case{"private memory of its processes together",
                {.memory_bytes = 64 << 20},
                "for _ in range(4):\n    if os.fork() == 0:\n        x = os.urandom(1) * (40 << "
                "20)\n        time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"memory that they share",
                {.memory_bytes = 64 << 20},
                "m = [mmap.mmap(-1, 40 << 20) for _ in range(4)]\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"processes of a user that conversations share",
                {.user = 4321, .processes = 3},
                "for _ in range(6):\n    if os.fork() == 0: time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::processes},
           Case{"wall time, if the template sets it",
                {.wall_seconds = 1},
                "time.sleep(100)",
                ServiceLimit::wall_time},
       }) {
    SCOPED_TRACE(c.name);
    output_of_subsystem(c.code, c.privileges);
    ASSERT_EQ(notes.exits.size(), 1u);
    EXPECT_EQ(notes.exits[0].limit, c.limit);
  }
}

TEST_F(Containment, AForkBombHoldsItsOwnSubsystemOnly) {
  notes = {};
  start_subsystem(
      "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('started')\n"
      "while True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)");
  run_until([&] { return notes.contain("started"); });
  run_for(milliseconds{300});
  const SessionId other = open_script("echo alive");
  run_until_ended(other);
  EXPECT_EQ(heard[other.value].output, "alive\n");
  close(other);
  end_subsystems();
}

TEST_F(Containment, ASubsystemsFloodOfLinesIsCounted) {
  notes = {};
  start_subsystem("while True: os.write(2, b'x' * 80 + b'\\n')");
  run_for(milliseconds{500});
  const SessionId other = open_script("echo alive");
  run_until_ended(other);
  EXPECT_EQ(heard[other.value].output, "alive\n");
  EXPECT_LT(notes.texts.size(), 400u);
  end_subsystems();
  EXPECT_TRUE(notes.contain("left out"));
}

TEST_F(Containment, WhatItsSandboxRefusesIsReported) {
  struct Case {
    const char *name, *code, *attempt;
  };
  for (const Case& c : {
           Case{"trace", "call('ptrace', 16, 1, 0, 0)", "ptrace "},
           Case{"mount", "call('mount', b'x', b'/tmp', b'tmpfs', 0, None)", "mount "},
           Case{"a namespace by clone", "call('syscall', 56, 0x10000011, 0, 0, 0, 0)", "clone "},
           Case{"a packet socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "socket "},
           Case{"connect outwards", "socket.create_connection(('192.0.2.1', 80), 2)",
                "connect 192.0.2.1:80"},
           Case{"connect to loopback", "socket.create_connection(('127.0.0.1', 8080), 2)",
                "connect 127.0.0.1:8080"},
           Case{"send outwards", "socket.socket(type=2).sendto(b'x', ('192.0.2.1', 53))",
                "sendto 192.0.2.1:53"},
       }) {
    SCOPED_TRACE(c.name);
    notes = {};
    output_of(c.code);
    EXPECT_EQ(notes.attempts, std::vector<std::string>{c.attempt});
  }
  notes = {};
  EXPECT_EQ(output_of("a, b = socket.socketpair(); a.sendall(b'x'); say(b.recv(1))\n"
                      "socket.socket(socket.AF_UNIX).connect('/dev/log')"),
            "b'x'\nENOENT\n");
  EXPECT_EQ(notes.attempts, std::vector<std::string>{}) << "that reaches nobody else";
}

/// The values of a field in /proc/PROCESS/status, as numbers.
std::vector<long> status_of(const std::string& process, const std::string& field) {
  std::ifstream file("/proc/" + process + "/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(field + ":")) continue;
    std::istringstream words(line.substr(field.size() + 1));
    return {std::istream_iterator<long>(words), {}};
  }
  return {};
}

TEST_F(Containment, Process1IsNoRoot) {
  std::ifstream limit("/proc/sys/user/max_user_namespaces");
  if (long count = 0; limit >> count && count == 0) GTEST_SKIP() << "no user namespaces here";
  const SessionId session = start("say('started')\ntime.sleep(60)");
  run_until([&] { return heard[session.value].output == "started\n"; });
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string process = entry.path().filename().string();
    if (status_of(process, "PPid") != std::vector<long>{spawner_process}) continue;
    ++seen;
    EXPECT_EQ(status_of(process, "Uid"), std::vector<long>(4, 2'000'065'535));
    EXPECT_EQ(status_of(process, "Groups"), std::vector<long>{});
    std::ifstream map(entry.path() / "uid_map");
    for (std::uint64_t inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;) {
      EXPECT_EQ(inside, outside);
      EXPECT_TRUE(outside == 4321 || outside == 4322 || outside >= 2'000'000'000) << outside;
      EXPECT_LE(count, 2u);
    }
    // Nobody may trace it or dump its memory.
    struct stat status {};
    ASSERT_EQ(stat((entry.path() / "environ").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0u);
  }
  EXPECT_GT(seen, 0);
  close(session);
  run_until_no_process();
}

TEST_F(Containment, AForkBombHoldsItsOwnConversationOnly) {
  for (const ServicePrivileges& privileges : {ServicePrivileges{}, as_template_user}) {
    const SessionId bomb = start(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('started')\n"
        "while True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)",
        privileges);
    run_until([&] { return heard[bomb.value].output.starts_with("started\n"); });
    run_for(milliseconds{300});
    const SessionId other = open_script("echo alive");
    run_until_ended(other);
    EXPECT_EQ(heard[other.value].output, "alive\n");
    close(bomb);
    run_until_no_process();
  }
}

TEST_F(Containment, LimitsOfATemplateEndAProgram) {
  struct Case {
    const char* name;
    ServicePrivileges privileges;
    const char* code;
    ServiceLimit limit;
  };
  for (const Case& c : {
           Case{"wall time", {.wall_seconds = 1}, "time.sleep(100)", ServiceLimit::wall_time},
           Case{"wall time, of one that stops whatever it may signal",
                {.wall_seconds = 1},
                "while True:\n    try: os.kill(-1, signal.SIGSTOP)\n    except OSError: pass",
                ServiceLimit::wall_time},
           Case{"memory of its processes together",
                {.memory_bytes = 64 << 20},
                "for _ in range(4):\n    if os.fork() == 0:\n        x = os.urandom(1) * (40 << "
                "20)\n"
                "        time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"processes of a user that conversations share",
                {.user = 4321, .processes = 3},
                "for _ in range(6):\n    if os.fork() == 0: time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::processes},
       }) {
    SCOPED_TRACE(c.name);
    notes = {};
    output_of(c.code, c.privileges);
    ASSERT_EQ(notes.exits.size(), 1u);
    EXPECT_EQ(notes.exits[0].limit, c.limit);
    EXPECT_TRUE(notes.contain("killed, as it " + std::string(describe(c.limit))));
  }
  EXPECT_EQ(output_of("say(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
                      "say(resource.getrlimit(resource.RLIMIT_FSIZE)[0])",
                      {.cpu_seconds = 5, .file_bytes = 4096}),
            "5\n4096\n");
}

TEST_F(Containment, NothingOfAProgramIsThereForTheNext) {
  // One sandbox serves them, as nothing else runs.
  const std::string leave =
      "open('/tmp/left', 'w').write('x'); open('/dev/shm/left', 'w').write('x')\n"
      "os.mkdir('/tmp/folder')\nsay(call('semget', 7, 1, 0o1666) >= 0)\n"
      "say(call('msgget', 7, 0o1666) >= 0)";
  const std::string look =
      "say(os.listdir('/dev/shm')); say([n for n in os.listdir('/tmp') if n in ('left', "
      "'folder')])\n"
      "say(libc.semget(7, 1, 0)); say(libc.msgget(7, 0))";
  EXPECT_EQ(output_of(leave), "True\nTrue\n");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(output_of(look), "[]\n[]\n-1\n-1\n");
}

TEST_F(Containment, NobodyHasTheSameUser) {
  const std::string code = "say(os.getuid()); say(os.getgid()); time.sleep(100)";
  std::set<std::string> users;
  for (int i = 0; i < 10; ++i) {
    const SessionId session = start(code);
    run_until([&] { return std::ranges::count(heard[session.value].output, '\n') == 2; });
    const std::string output = heard[session.value].output;
    EXPECT_TRUE(output.starts_with("20000")) << output;
    EXPECT_TRUE(users.insert(output.substr(0, output.find('\n'))).second) << output;
  }
}

TEST_F(Containment, TheMachinesListenersAreOutOfReach) {
  const int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(tcp, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(tcp, 1), 0);
  getsockname(tcp, reinterpret_cast<sockaddr*>(&address), &size);
  const int abstract = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string name = "apiary-test-" + std::to_string(getpid());
  sockaddr_un path{.sun_family = AF_UNIX, .sun_path = {}};
  name.copy(path.sun_path + 1, sizeof path.sun_path - 1);
  ASSERT_EQ(bind(abstract, reinterpret_cast<sockaddr*>(&path),
                 static_cast<socklen_t>(sizeof(sa_family_t) + 1 + name.size())),
            0);
  ASSERT_EQ(listen(abstract, 1), 0);
  EXPECT_EQ(output_of("socket.create_connection(('127.0.0.1', " +
                      std::to_string(ntohs(address.sin_port)) + "), 2)"),
            "ENETUNREACH\n");
  EXPECT_EQ(output_of("socket.socket(socket.AF_UNIX).connect('\\0" + name + "')"),
            "ECONNREFUSED\n");
  ::close(tcp);
  ::close(abstract);
}

TEST_F(Containment, AFloodOnStderrLeavesOthersTheirTurn) {
  const SessionId flood = start("while True: os.write(2, b'x' * 80 + b'\\n')");
  run_for(milliseconds{200});
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    const SessionId other = open_script("echo alive");
    run_until_ended(other);
    EXPECT_EQ(heard[other.value].output, "alive\n");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_LT(notes.texts.size(), 400u) << "in a second or two, with a burst of 100";
  close(flood);
  run_until_no_process();
}

}  // namespace
}  // namespace apiary
