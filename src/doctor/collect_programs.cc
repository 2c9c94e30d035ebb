#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "control/control_socket.h"
#include "doctor/collect_snapshot.h"

namespace apiary {
namespace {

/// Programs that answer ARP or packets for addresses that no machine has.
const std::set<std::string> answering = {"apiary", "farpd",      "arpd",
                                         "honeyd", "parprouted", "labrea"};

struct Process {
  int id = 0, parent = 0;
  std::string name;
};

/// A process in this network namespace, by its folder in /proc.
std::optional<Process> read_process(const std::filesystem::path& folder) {
  std::error_code error;
  const auto its_network = std::filesystem::read_symlink(folder / "ns/net", error);
  if (error || its_network != std::filesystem::read_symlink("/proc/self/ns/net", error)) return {};
  Process process;
  std::ifstream status(folder / "status");
  for (std::string key, rest; status >> key; std::getline(status, rest)) {
    if (key == "Name:") status >> process.name;
    if (key == "Pid:") status >> process.id;
    if (key == "PPid:") status >> process.parent;
  }
  return process;
}

/// Whether it is a daemon, not another subcommand of apiary.
bool runs(const Process& process) {
  if (process.name != "apiary") return true;
  std::ifstream file("/proc/" + std::to_string(process.id) + "/cmdline");
  std::string word;
  for (int i = 0; i < 2; ++i) std::getline(file, word, '\0');
  return word == "run";
}

}  // namespace

void collect_programs(const std::string& control, SystemSnapshot& snapshot) {
  std::vector<Process> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    auto process = read_process(entry.path());
    if (process && answering.contains(process->name) && runs(*process))
      found.push_back(std::move(*process));
  }
  std::ranges::sort(found, {}, &Process::id);
  for (const Process& process : found) {
    const auto is_parent = [&](const Process& other) {
      return other.id == process.parent && other.name == process.name;
    };
    if (std::ranges::none_of(found, is_parent))
      snapshot.programs.push_back({process.id, process.name});
  }
  snapshot.control = control;
  snapshot.somebody_listens = connect_to_control(control).has_value();
}

}  // namespace apiary
