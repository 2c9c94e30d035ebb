target_link_libraries(apiary_sandbox ${scope} PkgConfig::SECCOMP)
