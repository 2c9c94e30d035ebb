target_link_libraries(apiary_runtime ${scope} PkgConfig::LIBEVENT PkgConfig::LIBCAPNG spdlog::spdlog)
