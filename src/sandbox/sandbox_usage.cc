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

/// proc_pid_stat(5): utime and stime are the 14th and 15th; the name before may have spaces.
std::uint64_t cpu_milliseconds_of(const char* process) {
  const std::string path = std::string("/proc/") + process + "/stat";
  std::ifstream file(path);
  std::string text;
  std::getline(file, text, '\0');
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
}

void add_threads(const char* process, std::vector<pid_t>& threads) {
  const std::string path = std::string("/proc/") + process + "/task";
  const std::unique_ptr<DIR, Close> folder(opendir(path.c_str()));
  while (const dirent* const entry = folder ? readdir(folder.get()) : nullptr)
    if (const long thread = std::strtol(entry->d_name, nullptr, 10); thread > 0)
      threads.push_back(static_cast<pid_t>(thread));
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
    usage.cpu_milliseconds += cpu_milliseconds_of(entry->d_name);
    add_threads(entry->d_name, usage.threads);
  }
  return usage;
}

}  // namespace apiary
