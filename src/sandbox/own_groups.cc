#include "sandbox/own_groups.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace apiary {
namespace {

std::vector<std::string> words_of(const std::string& text, char separator) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, separator);) words.push_back(word);
  return words;
}

std::uint8_t controllers_in(const std::string& list) {
  std::uint8_t found = 0;
  for (const std::string& word : words_of(list, ','))
    for (std::size_t i = 0; i < controller_names.size(); ++i)
      if (word == controller_names[i]) found |= static_cast<std::uint8_t>(1U << i);
  return found;
}

/// A mounted hierarchy (proc_pid_mountinfo(5)).
struct Hierarchy {
  std::string root, mount_point;
  bool is_v2 = false;
  std::uint8_t controllers = 0;
};

std::optional<Hierarchy> hierarchy_of(const std::string& line) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string::npos) return {};
  const auto mount = words_of(line.substr(0, dash), ' ');
  const auto system = words_of(line.substr(dash + 3), ' ');
  if (mount.size() < 5 || system.size() < 3) return {};
  if (system[0] == "cgroup2") return Hierarchy{mount[3], mount[4], true};
  if (system[0] != "cgroup") return {};
  return Hierarchy{mount[3], mount[4], false, controllers_in(system[2])};
}

/// The folder of group `path` in a mount that shows the groups below its root.
std::optional<OwnGroup> group_in(const Hierarchy& hierarchy, const std::string& path) {
  const std::string root = hierarchy.root == "/" ? "" : hierarchy.root;
  if (path != root && !path.starts_with(root + "/")) return {};
  std::string below = path.substr(root.size());
  if (below == "/") below.clear();
  return OwnGroup{hierarchy.mount_point + below, hierarchy.is_v2, below.empty(),
                  hierarchy.controllers};
}

}  // namespace

std::string describe_controllers(std::uint8_t controllers) {
  constexpr std::array<std::string_view, 3> texts = {"processor time", "memory", "processes"};
  std::vector<std::string_view> held;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if ((controllers & 1U << i) != 0) held.push_back(texts[i]);
  std::string text;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i > 0) text += i + 1 == held.size() ? " and " : ", ";
    text += held[i];
  }
  return text;
}

std::vector<OwnGroup> own_groups(std::string_view mountinfo, std::string_view cgroup) {
  std::vector<Hierarchy> hierarchies;
  for (const std::string& line : words_of(std::string(mountinfo), '\n'))
    if (auto hierarchy = hierarchy_of(line)) hierarchies.push_back(*hierarchy);
  std::vector<OwnGroup> groups;
  for (const std::string& line : words_of(std::string(cgroup), '\n')) {
    // HIERARCHY:CONTROLLERS:PATH; the path may have colons.
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string list = line.substr(first + 1, second - first - 1);
    const bool is_v2 = line.starts_with("0::");
    const std::uint8_t controllers = controllers_in(list);
    if (!is_v2 && controllers == 0) continue;
    for (const Hierarchy& each : hierarchies) {
      if (each.is_v2 != is_v2 || each.controllers != controllers) continue;
      const auto group = group_in(each, line.substr(second + 1));
      if (!group) continue;
      groups.push_back(*group);
      break;
    }
  }
  std::ranges::stable_sort(groups, {}, [](const OwnGroup& group) { return !group.is_v2; });
  return groups;
}

}  // namespace apiary
