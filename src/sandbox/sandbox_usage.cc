#include "sandbox/sandbox_usage.h"

#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
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

}  // namespace

SandboxUsage sandbox_usage() {
  SandboxUsage usage;
  const std::unique_ptr<DIR, Close> folder(opendir("/proc"));
  if (!folder) return usage;
  while (const dirent* const entry = readdir(folder.get())) {
    if (std::strtol(entry->d_name, nullptr, 10) <= 1) continue;
    ++usage.processes;
    usage.private_bytes += private_bytes_of(entry->d_name);
  }
  return usage;
}

}  // namespace apiary
