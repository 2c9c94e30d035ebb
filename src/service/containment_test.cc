// What hostile programs try, and what they get. tests/system/containment_test.py does it from
// outside.
#include "service/testing/containment.h"

#include <arpa/inet.h>
#include <fmt/ranges.h>
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

namespace apiary {
namespace {

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

TEST_F(ContainmentTest, WhatAProgramAttemptsFails) {
  for (const bool is_template_user : {false, true})
    for (const Attempt& attempt_ : attempts) {
      SCOPED_TRACE(std::string(attempt_.name) + (is_template_user ? ", by set T uid" : ""));
      notes = {};
      EXPECT_EQ(output_of(attempt_.code, is_template_user ? as_template_user : ServicePrivileges{}),
                attempt_.output)
          << fmt::format("{}", fmt::join(notes.texts, "\n"));
    }
}

TEST_F(ContainmentTest, WhatASubsystemAttemptsFails) {
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

TEST_F(ContainmentTest, WhatItsSandboxRefusesIsReported) {
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
           Case{"read what is hidden", "os.system('cat /etc/shadow 2>&1')", "openat /etc/shadow"},
           Case{"read a home", "os.system('cat /root/.ssh/id_rsa 2>&1')",
                "openat /root/.ssh/id_rsa"},
           Case{"write to /etc", "open('/etc/passwd', 'a')", "openat /etc/passwd"},
           Case{"create in /usr", "open('/usr/bin/mine', 'w')", "openat /usr/bin/mine"},
           Case{"remove a program", "os.unlink('/usr/bin/python3')", "unlink /usr/bin/python3"},
           Case{"a folder in the root", "os.mkdir('/mine')", "mkdir /mine"},
           Case{"a process too many",
                "for _ in range(20):\n    if os.fork() == 0: time.sleep(0.5); os._exit(0)",
                "fork "},
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
  output_of(
      "for name in ('/tmp/a', '/dev/shm/b', '/dev/null'): open(name, 'w').write('x')\n"
      "open('/etc/passwd').read(); os.listdir('/usr'); os.mkdir('/tmp/c'); os.rmdir('/tmp/c')\n"
      "os.system('cat < /etc/passwd > /tmp/d; ls /tmp; echo x > /dev/null; cat nothing 2>&1')\n"
      "for _ in range(40):\n    if os.fork() == 0: os._exit(0)\n    os.wait()");
  EXPECT_EQ(notes.attempts, std::vector<std::string>{}) << "it may do all of that";
}

// A fork that waited for process 1 of the sandbox failed when a child ended meanwhile.
TEST_F(ContainmentTest, TheEndsOfChildrenInterruptNoFork) {
  EXPECT_EQ(output_of("import signal\n"
                      "signal.signal(signal.SIGCHLD, lambda *_: None)\n"
                      "for i in range(400):\n"
                      "    if os.fork() == 0: os._exit(0)\n"
                      "    if i % 4 == 3:\n"
                      "        for _ in range(4): os.wait()\n"
                      "say('all started')"),
            "all started\n");
}

TEST_F(ContainmentTest, FilesThatAProgramLeavesAreReported) {
  constexpr std::string_view hash_of_abc =
      " 3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  for (const ServicePrivileges& privileges : {ServicePrivileges{}, as_template_user}) {
    notes = {};
    output_of(
        "os.umask(0o77); os.mkdir('/tmp/.x')\n"
        "for name in ('/tmp/.x/a', '/dev/shm/b\\n'): open(name, 'w').write('abc')\n"
        "os.symlink('/etc/passwd', '/tmp/link'); os.mkfifo('/tmp/fifo')\n"
        "os.truncate(os.open('/tmp/sparse', os.O_CREAT | os.O_RDWR), 9 << 20)\n"
        "open('/tmp/gone', 'w').write('x'); os.unlink('/tmp/gone'); os.chmod('/tmp/.x', 0)",
        privileges);
    ASSERT_EQ(notes.files.size(), 3u);
    EXPECT_EQ(notes.files[0], "/tmp/.x/a" + std::string(hash_of_abc));
    EXPECT_TRUE(notes.files[1].starts_with("/tmp/sparse 9437184 ")) << notes.files[1];
    EXPECT_EQ(notes.files[2], "/dev/shm/b\n" + std::string(hash_of_abc));
  }
  notes = {};
  output_of("for n in range(200): open(f'/tmp/{n}', 'w').close()");
  EXPECT_EQ(notes.files.size(), 64u);
  EXPECT_TRUE(notes.contain("left 136 more files that are not listed"));
  notes = {};
  output_of("say(os.listdir('/tmp'))");
  EXPECT_TRUE(notes.files.empty());
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

TEST_F(ContainmentTest, Process1IsNoRoot) {
  std::ifstream limit("/proc/sys/user/max_user_namespaces");
  if (long count = 0; limit >> count && count == 0) GTEST_SKIP() << "no user namespaces here";
  const SessionId session = start("say('started')\ntime.sleep(60)");
  run_until([&] { return received[session.value].output == "started\n"; });
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

TEST_F(ContainmentTest, NothingOfAProgramIsThereForTheNext) {
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

TEST_F(ContainmentTest, NobodyHasTheSameUser) {
  const std::string code = "say(os.getuid()); say(os.getgid()); time.sleep(100)";
  std::set<std::string> users;
  for (int i = 0; i < 10; ++i) {
    const SessionId session = start(code);
    run_until([&] { return std::ranges::count(received[session.value].output, '\n') == 2; });
    const std::string output = received[session.value].output;
    EXPECT_TRUE(output.starts_with("20000")) << output;
    EXPECT_TRUE(users.insert(output.substr(0, output.find('\n'))).second) << output;
  }
}

TEST_F(ContainmentTest, TheMachinesListenersAreOutOfReach) {
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

}  // namespace
}  // namespace apiary
