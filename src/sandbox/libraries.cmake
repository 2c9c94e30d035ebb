target_link_libraries(apiary_sandbox ${scope} PkgConfig::SECCOMP PkgConfig::NETTLE)  # NETTLE: SHA-256 of files
