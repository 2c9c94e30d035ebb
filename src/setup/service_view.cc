#include "setup/service_view.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "session/command_words.h"
#include "setup/server_configuration.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

std::string resolved(const fs::path& path) {
  std::error_code error;
  const fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path.lexically_normal().string() : found.string();
}

/// Whether each view has this folder, or one of its own in its place: what is in it is
/// shown by itself.
bool is_built_into_views(const std::string& folder) {
  return folder == "/" || folder == "/tmp" || folder == "/dev/shm";
}

/// Folders that have much that no service needs.
bool is_shared_by_all(const fs::path& folder) {
  return folder == folder.root_path() || folder.parent_path() == folder.root_path() ||
         folder == "/dev/shm" || folder == "/var/tmp";
}

bool is_copy_by_editor(std::string_view name, const std::string& of) {
  return name == of + "~" || name == "#" + of + "#" || name == of + ".bak" ||
         name == of + ".orig" || name == of + ".old" || name.starts_with("." + of + ".sw");
}

/// "events.db-wal", "events.jsonl.2026-11-28".
bool is_made_beside(std::string_view name, const std::string& of) {
  return name.starts_with(of + "-") || name.starts_with(of + ".");
}

/// Hides a file, and those of its folder whose names `is_like` it.
void hide(const std::string& path, bool (*is_like)(std::string_view name, const std::string& of),
          std::set<std::string>& hidden) {
  // The file that a link leads to, and the link.
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  const fs::path as_named = fs::path(resolved(absolute.parent_path())) / absolute.filename();
  for (const fs::path& file : {as_named, fs::path(resolved(path))}) {
    hidden.insert(file.string());
    const std::string name = file.filename().string();
    for (fs::directory_iterator entry(file.parent_path(), error), end; !error && entry != end;
         entry.increment(error))
      if (is_like(entry->path().filename().string(), name))
        hidden.insert((file.parent_path() / entry->path().filename()).string());
  }
}

/// What the commands of a configuration name.
class NamedFiles {
 public:
  explicit NamedFiles(const std::string& directory) : directory_(directory) {}

  void add(const std::string& command) {
    const std::vector<std::string> words = split_command(command);
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].find('$') != std::string::npos) continue;
      // The first word is the program, the second the script of an interpreter; either may need
      // what lies beside it.
      add_word(words[i], i < 2);
      // "--root=/srv/www"
      if (const auto at = words[i].find("=/"); at != std::string::npos)
        add_word(words[i].substr(at + 1), false);
    }
  }

  /// What the package of a server has in /etc ("/etc/nginx", "/etc/dnsmasq.conf",
  /// "/etc/dnsmasq.d"), and what its configuration there, or a file of its command, names.
  void add_server_files(const std::string& command) {
    const std::vector<std::string> words = split_command(command);
    if (words.empty()) return;
    const std::string name = fs::path(words.front()).filename().string();
    if (name.empty() || name.find('$') != std::string::npos) return;
    for (const char* ending : {"", ".conf", ".d"}) add_configuration("/etc/" + name + ending);
    for (std::size_t i = 1; i < words.size(); ++i) {
      const fs::path path = (fs::path(directory_) / words[i]).lexically_normal();
      std::error_code error;
      if (fs::is_regular_file(path, error)) add_configuration(path);
    }
  }

  std::vector<std::string> take() const { return {shown_.begin(), shown_.end()}; }

 private:
  void add_configuration(const std::string& path) {
    add_word(path, false);
    for (const std::string& named : paths_in_configuration(path)) add_word(named, false);
  }

  void add_word(const std::string& word, bool is_program) {
    if (word.empty()) return;
    if (word.front() != '/' && !is_built_into_views(directory_)) return;
    const fs::path path = (fs::path(directory_) / word).lexically_normal();
    std::error_code error;
    if (!fs::exists(path, error) || path == directory_ || is_built_into_views(path.string()) ||
        resolved(path).starts_with("/usr/"))
      return;
    const fs::path folder = path.parent_path();
    const bool shows_folder = is_program && !fs::is_directory(path, error) &&
                              !is_shared_by_all(folder) && folder != directory_;
    for (const fs::path& shown : {path, shows_folder ? folder : path}) {
      shown_.insert(shown.string());
      shown_.insert(resolved(shown));
    }
  }

  const std::string& directory_;
  std::set<std::string> shown_;
};

/// Without paths that a folder of the list, or the directory, has anyway.
std::vector<std::string> without_repetitions(const std::vector<std::string>& paths,
                                             const std::string& directory) {
  const auto is_below = [](const std::string& path, const std::string& folder) {
    return !is_built_into_views(folder) && path.starts_with(folder + "/");
  };
  std::vector<std::string> kept;
  for (const std::string& path : paths)  // in order: a folder comes before what is in it
    if (path != directory && !is_below(path, directory) &&
        std::ranges::none_of(kept, [&](const auto& folder) { return is_below(path, folder); }))
      kept.push_back(path);
  return kept;
}

}  // namespace

SandboxView service_view(const ServicePolicy& policy,
                         const std::vector<std::string>& configuration_files,
                         const std::vector<ScriptUse>& scripts) {
  NamedFiles named(policy.directory);
  for (const ScriptUse& script : scripts) {
    named.add(script.command);
    if (script.is_subsystem) named.add_server_files(script.command);
  }
  std::set<std::string> hidden;
  for (const std::string& file : configuration_files) hide(file, is_copy_by_editor, hidden);
  for (const std::string& file : policy.daemon_files) hide(file, is_made_beside, hidden);
  return {.directory = policy.directory,
          .shown = without_repetitions(named.take(), policy.directory),
          .hidden = {hidden.begin(), hidden.end()}};
}

}  // namespace apiary
