#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/sandbox_view.h"
#include "sandbox/view_watch.h"

namespace apiary {

/// Programs and libraries. Where /bin and others are links into /usr, so they are in the view.
inline constexpr const char* system_folders[] = {"/usr",   "/bin",    "/sbin", "/lib", "/lib32",
                                                 "/lib64", "/libx32", "/opt",  "/nix", "/gnu"};
/// Files of /etc that the dynamic linker, interpreters and C libraries read; none is about users.
inline constexpr const char* system_files[] = {
    "/etc/ld.so.cache",   "/etc/ld.so.conf",      "/etc/ld.so.conf.d",
    "/etc/ld.so.preload", "/etc/alternatives",    "/etc/localtime",
    "/etc/timezone",      "/etc/mime.types",      "/etc/services",
    "/etc/protocols",     "/etc/ssl/certs",       "/etc/ssl/openssl.cnf",
    "/etc/perl",          "/etc/python3",         "/etc/python3.11",
    "/etc/php",           "/etc/java-17-openjdk", "/etc/terminfo",
    "/etc/magic",         "/etc/debian_version",  "/etc/os-release",
    "/etc/issue"};
inline constexpr const char* system_devices[] = {"/dev/null", "/dev/zero", "/dev/full",
                                                 "/dev/random", "/dev/urandom"};

/// Where a sandbox has file systems of its own, emptied between programs.
inline constexpr const char* private_folders[] = {"/tmp", "/dev/shm"};
/// Where the view has what it shows below these; process 1 mounts it there after emptying them.
inline constexpr char kept_folder[] = "/.kept";
/// Those paths of the view, in the order in which they are to be mounted.
std::vector<std::string> kept_paths(const SandboxView& view);

/// Whether `path` is one of `folders` or below one.
bool is_below(const std::string& path, const std::vector<std::string>& folders);
/// Folders that each view has, and none has from the machine.
bool is_built_in(std::string_view path);
bool is_in_private_folder(const std::string& path);

/// What of this machine's files and folders the view shows, without what it hides, for a program
/// that is confined by Landlock. For `watch` see enter_view().
std::vector<std::string> visible_paths(const SandboxView& view, ViewWatch& watch);

}  // namespace apiary
