#include "sandbox/sandbox_usage.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace apiary {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
  void operator()(DIR* folder) const { closedir(folder); }
};

/// proc(5): size, resident, shared ..., in pages.
std::uint64_t private_bytes_of(const char* process) {
  const std::string path = std::string("/proc/") + process + "/statm";
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  unsigned long long size = 0, resident = 0, shared = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu %llu", &size, &resident, &shared) != 3) return 0;
  return (resident - shared) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// proc_pid_stat(5) of a thread.
struct ThreadState {
  bool is_runnable = false;
  std::uint64_t children_cpu_milliseconds = 0;  // of those that its process waited for
};
ThreadState state_of(const std::string& thread_folder) {
  std::ifstream file(thread_folder + "/stat");
  std::string text;
  std::getline(file, text, '\0');
  // The state is the 3rd, cutime and cstime are the 16th and 17th; the name before may have spaces.
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string state, skipped;
  fields >> state;
  for (int i = 4; i < 16; ++i) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return {state == "R", (user + system) * 1000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK))};
}

/// /proc/PID/task/TID/schedstat: nanoseconds on a processor, and in wait for one.
CpuUse cpu_nanoseconds_of(const std::string& thread_folder) {
  const std::string path = thread_folder + "/schedstat";
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  unsigned long long ran = 0, waited = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &ran, &waited) != 2) return {};
  return {ran, waited};
}

void add_threads(const char* process, SandboxUsage& usage) {
  const std::string path = std::string("/proc/") + process + "/task";
  const std::unique_ptr<DIR, Close> folder(opendir(path.c_str()));
  CpuUse nanoseconds;
  std::uint64_t children_cpu = 0;
  while (const dirent* const entry = folder ? readdir(folder.get()) : nullptr)
    if (const long thread = std::strtol(entry->d_name, nullptr, 10); thread > 0) {
      usage.threads.push_back(static_cast<pid_t>(thread));
      const std::string thread_folder = path + "/" + entry->d_name;
      const CpuUse use = cpu_nanoseconds_of(thread_folder);
      nanoseconds.ran += use.ran;
      nanoseconds.waited += use.waited;
      const ThreadState state = state_of(thread_folder);
      usage.is_waiting |= state.is_runnable;
      children_cpu = state.children_cpu_milliseconds;
    }
  usage.ended_cpu_milliseconds += children_cpu;
  usage.cpu.ran += nanoseconds.ran / 1'000'000;
  usage.cpu.waited += nanoseconds.waited / 1'000'000;
}

}  // namespace

SandboxUsage sandbox_usage() {
  SandboxUsage usage;
  const std::unique_ptr<DIR, Close> folder(opendir("/proc"));
  if (!folder) return usage;
  while (const dirent* const entry = readdir(folder.get())) {
    if (std::strtol(entry->d_name, nullptr, 10) <= 1) continue;
    ++usage.processes;
    usage.private_bytes += private_bytes_of(entry->d_name);
    add_threads(entry->d_name, usage);
  }
  return usage;
}

}  // namespace apiary
